namespace ScalingDashboard.Dashboard.Links;

/// <summary>Every address of this site is built here and nowhere else.</summary>
public static class PageUrls
{
    public const string Overview = "/";
    public const string Runs = "/runs";
    public const string Import = "/import";
    public const string IsoFlop = "/isoflop";
    public const string Help = "/help";
    public const string NotFound = "/not-found";

    /// <summary>The page at <paramref name="path"/> (one of the constants above) in the state given.</summary>
    public static string For<TState>(string path, TState state) where TState : IViewState<TState> => path + state.ToQuery();
}
