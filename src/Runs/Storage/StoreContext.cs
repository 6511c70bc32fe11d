using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace ScalingDashboard.Runs.Storage;

internal sealed class StoreContext(DbContextOptions<StoreContext> options) : DbContext(options)
{
    public DbSet<Project> Projects => Set<Project>();
    public DbSet<Upload> Uploads => Set<Upload>();
    public DbSet<Run> Runs => Set<Run>();
    public DbSet<RunTag> RunTags => Set<RunTag>();
    public DbSet<Series> Series => Set<Series>();
    public DbSet<SeriesChunk> SeriesChunks => Set<SeriesChunk>();
    public DbSet<Fit> SavedFits => Set<Fit>();
    public DbSet<LiveRun> LiveRuns => Set<LiveRun>();
    public DbSet<Token> Tokens => Set<Token>();
    public DbSet<View> SavedViews => Set<View>();

    public static DbContextOptions<StoreContext> Options(string connectionString) =>
        new DbContextOptionsBuilder<StoreContext>()
            .UseSqlite(connectionString)
            .AddInterceptors(ConnectionPragmas.Instance)
            .Options;

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Project>(project => project.HasIndex(p => p.Name).IsUnique());
        modelBuilder.Entity<Upload>(upload => upload.HasIndex(u => new { u.ProjectId, u.Sha256 }));
        // Finds the runs of a project, and whether a run of a file is there already.
        modelBuilder.Entity<Run>(run => run.HasIndex(r => new { r.ProjectId, r.Name, r.Line }));
        modelBuilder.Entity<RunTag>(tag => tag.HasKey(t => new { t.RunId, t.Tag }));
        modelBuilder.Entity<Series>(series => series.HasIndex(s => new { s.RunId, s.Metric }).IsUnique());
        modelBuilder.Entity<SeriesChunk>(chunk => chunk.HasKey(c => new { c.SeriesId, c.Number }));
        modelBuilder.Entity<Fit>(fit => fit.HasIndex(f => new { f.ProjectId, f.Name, f.Version }).IsUnique());
        modelBuilder.Entity<LiveRun>(live =>
        {
            live.HasKey(l => l.RunId);
            live.HasOne(l => l.Run).WithOne().HasForeignKey<LiveRun>(l => l.RunId);
        });
        modelBuilder.Entity<View>(view => view.HasIndex(v => new { v.ProjectId, v.Name }).IsUnique());
    }
}

/// <summary>What <c>dotnet ef migrations add</c> starts from; the file it names is never made.</summary>
internal sealed class StoreContextFactory : IDesignTimeDbContextFactory<StoreContext>
{
    public StoreContext CreateDbContext(string[] args) =>
        new(StoreContext.Options(new SqliteConnectionStringBuilder { DataSource = "design-time.db" }.ToString()));
}
