using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Api;

/// <summary>The table of runs over HTTP: filtered, sorted, grouped and cut as on the page.</summary>
internal static class RunsEndpoint
{
    /// <summary>How many runs or groups there are before the cut.</summary>
    private const string TotalHeader = "X-Total-Count";

    internal static void MapRuns(this IEndpointRouteBuilder api) => api.MapGet("/projects/{project}/runs", RunsAsync)
        .WithSummary("The runs of a project in the order they were added, excluded ones too. filter as on the page, sort=COLUMN, descending=1, archived=1, column=COLUMN (repeatable) adds values, limit, offset; group=COLUMN (repeatable) or group=all-but-seed answers groups with n, mean, std and standard_error of the columns (loss unless said), by=mean|deviation|error|count sorts them, but=KEY (repeatable) takes a setting as the seed too. A column is loss, tokens, family …, config(KEY), last(METRIC), min(METRIC), max(METRIC), at(1e10 tokens, METRIC) or ema(0.99, METRIC). The header X-Total-Count counts before the cut.")
        .Produces<RunReport[]>().Produces<ErrorReport>(StatusCodes.Status404NotFound).Produces<ErrorReport>(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> RunsAsync(
        string project, [FromQuery] string[] column, [FromQuery] string[] group, [FromQuery] string[] but, HttpContext context, RunStore store, RunTables tables, CurveReadings readings, CancellationToken cancellationToken,
        string filter = "", string? sort = null, string by = "mean", string? descending = null, string? archived = null, int? limit = null, int offset = 0)
    {
        var name = ApiEndpoints.Name(project);
        await ProjectRuns.RequireAsync(store, name, cancellationToken);
        if (context.Request.Query.Count == 0)
            return ApiEndpoints.Json((await store.RunsAsync(name, false, cancellationToken)).Select(RunReport.Of));
        if (limit < 0 || offset < 0)
            throw new FormatException($"limit and offset count runs: {(limit < 0 ? limit : offset)} is below 0.");
        var grouped = group.Length > 0;
        var state = new RunsState
        {
            Project = name,
            Filter = filter,
            Sort = sort is null ? RunColumn.Added : Column("sort", sort),
            Order = Enum.TryParse<GroupOrder>(by, ignoreCase: true, out var order) && Enum.IsDefined(order) ? order : throw new FormatException($"by: '{by}' is not one of mean, deviation, error, count."),
            Descending = descending is "1" or "true",
            WithArchived = archived is "1" or "true",
            Columns = grouped && column.Length == 0 ? [RunColumn.Loss.ToString()!] : [.. column.Select(text => Column("column", text).ToString()!)],
            Group = group is [RunsState.AllButSeed] ? group : [.. group.Select(text => Column("group", text).ToString()!)],
            Ignored = but,
        };
        var columns = await tables.ReadAsync(name, cancellationToken);
        var shown = await Task.Run(() => ArrangeAsync(columns, readings, state, cancellationToken), cancellationToken);
        if (shown.Problems.Count > 0)
            throw new FormatException("filter: " + string.Join(" ", shown.Problems));
        var total = shown.Groups?.Groups.Count ?? shown.Rows.Length;
        context.Response.Headers[TotalHeader] = total.ToString(CultureInfo.InvariantCulture);
        var cut = offset..Math.Max(offset, (int)Math.Min((long)offset + (limit ?? total), total));
        return offset >= total ? ApiEndpoints.Json(Array.Empty<RunReport>())
            : shown.Groups is { } groups ? ApiEndpoints.Json(groups.Groups.ToArray()[cut].Select(one => Report(one, groups, shown)).ToArray())
            : ApiEndpoints.Json(await ReportsAsync(store, shown, shown.Rows[cut], cancellationToken));
    }

    private static async Task<RunArrangement> ArrangeAsync(RunColumns columns, CurveReadings readings, RunsState state, CancellationToken cancellationToken)
    {
        var shown = await RunArrangement.OfAsync(columns, readings, state, cancellationToken);
        if (shown.Unread.Count == 0)
            return shown;
        foreach (var (column, rows) in shown.Unread)
            await readings.ReadAsync(columns, column, rows, new Progress<int>(), cancellationToken);
        return await RunArrangement.OfAsync(columns, readings, state, cancellationToken);
    }

    private static async Task<RunReport[]> ReportsAsync(RunStore store, RunArrangement shown, int[] rows, CancellationToken cancellationToken)
    {
        var table = shown.Columns.Table;
        var found = (await store.FindRunsAsync(rows.Select(table.Id), cancellationToken)).ToDictionary(run => run.Id);
        var columns = shown.State.ShownColumns;
        // A run may have been deleted since the table was read.
        return
        [
            .. rows.Where(row => found.ContainsKey(table.Id(row))).Select(row => RunReport.Of(found[table.Id(row)]) with
            {
                Values = columns.Count == 0 ? null : columns.ToDictionary(column => column.ToString()!, column => Value(shown.Values(column), row)),
            }),
        ];
    }

    private static RunGroupReport Report(RunGroup group, RunGroups groups, RunArrangement shown) => new(
        groups.Keys.ToDictionary(key => key.ToString()!, key => Value(shown.Columns.Values(key) ?? shown.Values(key), group.First)),
        group.Rows.Length,
        [.. group.Rows.Select(shown.Columns.Table.Id)],
        shown.State.ShownColumns.Where(column => shown.Values(column).IsNumber).ToDictionary(column => column.ToString()!, column => Report(group.Statistics(shown.Values(column)))),
        groups.Seeds);

    private static RunStatisticsReport Report(Analysis.GroupStatistics statistics) => new(statistics.Count, Finite(statistics.Mean), Finite(statistics.Deviation), Finite(statistics.Error));

    private static object? Value(ColumnValues values, int row) => values.Texts is { } texts ? texts[row] : Finite(values.Number(row));

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static RunColumn Column(string parameter, string text) => RunColumn.Parse(text)
        ?? throw new FormatException($"{parameter}: '{text}' is not a column. Write a field such as loss, tokens or family, config(KEY), last(METRIC), min(METRIC), max(METRIC), at(1e10 tokens, METRIC) or ema(0.99, METRIC).");
}
