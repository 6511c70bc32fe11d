namespace ScalingDashboard.Ingest.Logs;

/// <summary>A format of run logs: says how sure it is of a file, and reads it.</summary>
internal abstract class LogFormat
{
    /// <summary>As <c>--format</c> spells it.</summary>
    public abstract string Key { get; }

    /// <summary>As pages show it.</summary>
    public abstract string Title { get; }

    /// <summary>How sure the format is that a file is of it: 0 not at all, 1 beyond doubt. Judged by content; a path counts only where a format is a layout of folders.</summary>
    public abstract double Confidence(LogHead head);

    /// <summary>Reads the file's runs.</summary>
    /// <exception cref="IngestException">The file as a whole cannot be read by this format.</exception>
    public abstract Task ReadAsync(LogInput input, LogCollector runs, CancellationToken cancellationToken);
}

/// <summary>All formats. A new one is its file and its line here; of equally sure ones the first wins.</summary>
internal static class LogFormats
{
    public static IReadOnlyList<LogFormat> All { get; } =
    [
        new TensorBoardFormat(),
        new HuggingFaceFormat(),
        new WandbPanelFormat(),
        new MlflowStoreFormat(),
        new MlflowTableFormat(),
        new SweepFormat(),
        new LightningFormat(),
        new WandbHistoryFormat(),
        new WandbRunsFormat(),
        new LongTableFormat(),
        new ModdedNanoGptFormat(),
        new NanoGptFormat(),
        new LlmcFormat(),
        new OlmoFormat(),
        new MegatronFormat(),
        new HparamsFormat(),
    ];
}
