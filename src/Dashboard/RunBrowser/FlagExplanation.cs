using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.RunBrowser;

/// <summary>What a flag of a run means and what to do about it.</summary>
/// <param name="Kind">In a word or two.</param>
/// <param name="Text">A sentence or two; empty for a flag that says all itself.</param>
public sealed record FlagExplanation(string Kind, string Text)
{
    private static readonly (string Part, FlagExplanation Explanation)[] s_known =
    [
        (LossDivergence.Beginning, new("Diverged", "The loss rose to more than one and a half times its lowest and was still there at the end, by medians that single spikes do not move. Exclude the run if it should not count.")),
        ("diverged", new("Diverged", "The loss was not a number from there to the end. The last number before it stands as the loss of the run: exclude the run if it should not count.")),
        ("is not finite", new("NaN", "Single values were NaN or infinite. They are in the curve, and no mean, smallest or last value takes them in.")),
        ("truncated", new("Truncated", "The log ends in the middle of a record. Everything before it was read; import the file again when the run is done.")),
        ("damaged after record", new("Damaged", "A checksum of the file does not match. What follows was not read: copy the file again from where it was written.")),
        ("restarted at step", new("Restarted", "The log goes back in its steps. From the first step of a restart on the later values count; the uploaded file still has the earlier ones.")),
        ("stitched from", new("Restarted", "Several runs were joined because they are the parts of one job. The uploaded file still has them apart.")),
        ("its state is", new("Unfinished", "The run was not marked as finished when it was exported: its last values may not be its result.")),
        ("not in the order of steps", new("Sorted", "The order of the log was not that of its steps, too often for restarts.")),
        ("rounded as the console prints", new("Rounded", "A console log has no more digits. Differences smaller than the last digit mean nothing.")),
        ("another run has the same name", new("Same name", "Two runs of the file share a name; the line tells them apart.")),
        ("repeat the tokens", new("Repeated rows", "Some rows were logged at a token count that another row has already. The last one counts.")),
        ("contradict", new("Contradiction", "What the source says does not fit 6·N·D: it may count embeddings or attention differently. The source's own number is used.")),
        ("inferred", new("Inferred", "The source does not have this number; it follows from C = 6·N·D.")),
        ("tokens are", new("Inferred", "The source does not log tokens; they were computed as said.")),
        ("parameters from layers", new("Counted N", "Nobody logged the parameter count; it follows from the shape of the model as said, without biases and norms.")),
        ("parameters from", new("Suggested N", "Nobody logged the parameter count; the suggestion was accepted when the file was imported.")),
    ];

    /// <summary>Explains a flag as a reader of logs writes it.</summary>
    public static FlagExplanation Of(string flag) =>
        Array.Find(s_known, known => flag.Contains(known.Part, StringComparison.Ordinal)).Explanation ?? new FlagExplanation("Flag", "");
}
