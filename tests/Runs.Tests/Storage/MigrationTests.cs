using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using ScalingDashboard.Runs.Storage;

namespace ScalingDashboard.Runs.Tests.Storage;

public class MigrationTests
{
    [Fact]
    public void The_migrations_make_the_tables_the_entities_ask_for()
    {
        using var context = new StoreContextFactory().CreateDbContext([]);
        var snapshot = context.GetService<IMigrationsAssembly>().ModelSnapshot!.Model;
        var finished = context.GetService<IModelRuntimeInitializer>().Initialize(((IMutableModel)snapshot).FinalizeModel(), designTime: true, validationLogger: null);
        var wanted = context.GetService<IDesignTimeModel>().Model;

        var differences = context.GetService<IMigrationsModelDiffer>().GetDifferences(finished.GetRelationalModel(), wanted.GetRelationalModel());

        // One more difference means: add a migration with dotnet-ef.
        Assert.Empty(differences);
    }
}
