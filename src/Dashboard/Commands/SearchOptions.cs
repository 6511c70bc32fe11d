using System.CommandLine;
using ScalingDashboard.Analysis;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Numerics.Fitting;

namespace ScalingDashboard.Dashboard.Commands;

/// <summary>What is minimised within which bounds, the same in fit and isoflop.</summary>
internal sealed class SearchOptions
{
    private readonly Option<string> _method;
    private readonly Option<double> _delta = new("--delta") { Description = "Huber δ, in log loss.", DefaultValueFactory = _ => 1e-3 };
    private readonly Option<string> _exponents = new("--exponents") { Description = "Bounds of the exponents.", HelpName = "LOW..HIGH", DefaultValueFactory = _ => "0..5" };

    /// <param name="description">Of the methods.</param>
    /// <param name="methods">Names of those that the command knows.</param>
    internal SearchOptions(string description, IEnumerable<string> methods)
    {
        _method = new("--method") { Description = description, DefaultValueFactory = _ => FitRecipeOptions.MethodName(FitMethod.Huber) };
        _method.AcceptOnlyFromAmong([.. methods]);
    }

    internal void AddTo(Command command)
    {
        foreach (var option in new Option[] { _method, _delta, _exponents })
            command.Options.Add(option);
    }

    internal FitOptions Of(ParseResult parsed)
    {
        var (low, high) = RunSelectionOptions.Parsed("--exponents", () => AnalysisText.Exponents(parsed.GetValue(_exponents)!));
        return new FitOptions
        {
            Method = AnalysisText.Method(parsed.GetValue(_method)!),
            Delta = RunSelectionOptions.Parsed("--delta", () => AnalysisText.Delta(parsed.GetValue(_delta))),
            ExponentLow = low,
            ExponentHigh = high,
        };
    }
}
