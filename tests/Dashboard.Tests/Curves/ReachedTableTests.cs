using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Tests.Curves;

public sealed class ReachedTableTests
{
    private static readonly LossReached s_slow = new("1", true, 2, 1500, (1000, 2000), 3e9, 1.8e18, null);
    private static readonly LossReached s_never = new("2", false, -3.5, null, null, null, null, null);
    private static readonly LossReached s_fast = new("3", true, 1.9, 40, (double.NaN, 40), 9e9, 1e17, 0.5);

    private static RunRow Row(string id, string name) => new()
    {
        Id = id, Project = "p", Name = name, Line = 2, Parameters = null, Tokens = null, Flops = null, Loss = null, Points = 10, Tags = [], Flags = [], Config = [], FileName = "f", Sha256 = "s", Imported = default,
    };

    private static CurvesView View() => new()
    {
        Stamp = "", Rows = [], Metrics = [], Panels = [], Reference = null, Level = 2.5, Reached = [s_slow, s_never, s_fast], Missing = [],
        Choice = new RunChoice([Row("1", "run 10"), Row("2", "=run 2"), Row("3", "a,b")], [], "", []),
    };

    private static string Order(CurvesState state) => string.Concat(ReachedTable.Rows(View(), state).Select(row => row.Run.Id));

    [Fact]
    public void Rows_are_sorted_with_those_that_never_get_there_last()
    {
        Assert.Equal("123", Order(new CurvesState()));
        Assert.Equal("312", Order(new CurvesState { Sort = ReachedColumn.Steps }));
        Assert.Equal("132", Order(new CurvesState { Sort = ReachedColumn.Steps, Descending = true }));
        Assert.Equal("132", Order(new CurvesState { Sort = ReachedColumn.Tokens }));
        Assert.Equal("312", Order(new CurvesState { Sort = ReachedColumn.Flops }));
        Assert.Equal("312", Order(new CurvesState { Sort = ReachedColumn.Hours }));
        Assert.Equal("231", Order(new CurvesState { Sort = ReachedColumn.Run }));
        Assert.Equal("132", Order(new CurvesState { Sort = ReachedColumn.Run, Descending = true }));
    }

    [Fact]
    public void The_table_is_copied_with_full_numbers()
    {
        var rows = ReachedTable.Rows(View(), new CurvesState());
        Assert.Equal(
            "run\tloss\treached\tsteps\tafter_step\tuntil_step\ttokens\tflops\thours\tlowest\n"
            + "run 10\t2.5\tyes\t1500\t1000\t2000\t3000000000\t1.8E+18\t\t2\n"
            + "=run 2\t2.5\tno\t\t\t\t\t\t\t-3.5\n"
            + "a,b\t2.5\tyes\t40\t\t40\t9000000000\t1E+17\t0.5\t1.9\n",
            ReachedTable.Text(rows, "loss", 2.5, '\t'));
    }

    [Fact]
    public void With_a_price_dollars_are_a_column()
    {
        var view = View() with { Reached = [s_slow, s_fast with { Dollars = 12.5 }] };
        Assert.Equal("31", string.Concat(ReachedTable.Rows(view, new CurvesState { Sort = ReachedColumn.Cost }).Select(row => row.Run.Id)));
        var lines = ReachedTable.Text(ReachedTable.Rows(view, new CurvesState()), "loss", 2.5, ',', withCost: true).Split('\n');
        Assert.EndsWith(",flops,hours,dollars,lowest", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(",1.8E+18,,,2", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",1E+17,0.5,12.5,1.9", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_file_no_name_can_be_a_formula_and_a_negative_number_stays_one()
    {
        var lines = ReachedTable.Text(ReachedTable.Rows(View(), new CurvesState()), "loss", 2.5, ',').Split('\n');
        Assert.StartsWith("'=run 2,2.5,no", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",-3.5", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("\"a,b\",", lines[3], StringComparison.Ordinal);
    }
}
