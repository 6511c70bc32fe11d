using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ScalingDashboard.Runs.Storage.Migrations
{
    public partial class LiveRuns : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Source",
                table: "Uploads",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "SourceVersion",
                table: "Uploads",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Count",
                table: "SeriesChunks",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "LiveRuns",
                columns: table => new
                {
                    RunId = table.Column<long>(type: "INTEGER", nullable: false),
                    Names = table.Column<string>(type: "TEXT", nullable: false),
                    Restarts = table.Column<int>(type: "INTEGER", nullable: false),
                    FirstRestart = table.Column<double>(type: "REAL", nullable: true),
                    Replaced = table.Column<int>(type: "INTEGER", nullable: false),
                    DivergedAt = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_LiveRuns", x => x.RunId);
                    table.ForeignKey(
                        name: "FK_LiveRuns_Runs_RunId",
                        column: x => x.RunId,
                        principalTable: "Runs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Tokens",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Project = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedTicks = table.Column<long>(type: "INTEGER", nullable: false),
                    RevokedTicks = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Tokens", x => x.Id);
                });
        }

        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "LiveRuns");

            migrationBuilder.DropTable(
                name: "Tokens");

            migrationBuilder.DropColumn(
                name: "Source",
                table: "Uploads");

            migrationBuilder.DropColumn(
                name: "SourceVersion",
                table: "Uploads");

            migrationBuilder.DropColumn(
                name: "Count",
                table: "SeriesChunks");
        }
    }
}
