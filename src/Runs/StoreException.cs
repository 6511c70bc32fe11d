namespace ScalingDashboard.Runs;

/// <summary>The store cannot do what was asked; the message says what happened and what to do, in words for the user.</summary>
public class StoreException : Exception
{
    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>What was to be stored is at fault, not the store; nothing of it was kept.</summary>
public sealed class StoreInputException(string message) : StoreException(message);

/// <summary>An upload has more bytes than allowed; nothing of it was kept.</summary>
public sealed class UploadTooLargeException(string fileName, long maxBytes)
    : StoreException(FormattableString.Invariant(
        $"“{fileName}” is larger than {maxBytes:N0} bytes, the limit for one upload; nothing of it was kept. Split the file or compress it, then upload again."))
{
    /// <summary>The limit that was crossed, in bytes.</summary>
    public long MaxBytes { get; } = maxBytes;
}

/// <summary>Bytes were to be added where the file does not end; nothing of them was kept.</summary>
public sealed class OffsetException(string message, long offset) : StoreException(message)
{
    /// <summary>Where it ends, in bytes.</summary>
    public long Offset { get; } = offset;
}
