namespace ScalingDashboard.Dashboard.Links;

/// <summary>What a page shows, as a small record of primitives that is its URL.</summary>
/// <typeparam name="TSelf">The record itself.</typeparam>
public interface IViewState<TSelf> where TSelf : IViewState<TSelf>
{
    /// <summary>Writes what differs from the defaults.</summary>
    ViewQuery ToQuery();

    /// <summary>Reads a state; what is missing, unknown or invalid takes its default. Never throws.</summary>
    static abstract TSelf FromQuery(ViewQuery query);
}
