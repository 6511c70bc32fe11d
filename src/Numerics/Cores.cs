using System.Runtime.ExceptionServices;

namespace ScalingDashboard.Numerics;

/// <summary>
/// Loops over independent items on as many threads as there are cores. Never more, however long the loop takes, so that whatever else the process
/// has to do gets its turn; and cheaper than <see cref="Parallel"/> to start for the first time.
/// </summary>
public static class Cores
{
    // On a thread of a loop the cores are taken: a loop inside it runs on that thread alone.
    [ThreadStatic]
    private static bool s_isTaken;

    /// <summary>Calls <paramref name="body"/> for 0 to <paramref name="count"/> − 1, in no order.</summary>
    /// <param name="count">How many items.</param>
    /// <param name="body">Handles one item; what it throws ends the loop and is thrown here.</param>
    /// <param name="cancellationToken">Cancels between items.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void For(int count, Action<int> body, CancellationToken cancellationToken = default) => For(count, () => body, cancellationToken);

    /// <summary>The same for a body that needs room of its own: each thread makes itself one.</summary>
    /// <inheritdoc cref="For(int, Action{int}, CancellationToken)"/>
    public static void For(int count, Func<Action<int>> bodyOfThread, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (count == 0)
            return;
        var helpers = new Task[s_isTaken ? 0 : Math.Min(count, Environment.ProcessorCount) - 1];
        var loop = new Loop(count, bodyOfThread, helpers.Length > 0, cancellationToken);
        for (var i = 0; i < helpers.Length; i++)
            helpers[i] = Task.Run(loop.Work, CancellationToken.None);
        loop.Work();
        // A helper that has not begun by now is run here: it finds nothing left to do.
        Task.WaitAll(helpers, CancellationToken.None);
        loop.ThrowIfFailed();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private sealed class Loop(int count, Func<Action<int>> bodyOfThread, bool isShared, CancellationToken cancellationToken)
    {
        private int _next = -1;
        private ExceptionDispatchInfo? _failure;

        internal void Work()
        {
            var wasTaken = s_isTaken;
            s_isTaken |= isShared;
            try
            {
                Action<int>? body = null;
                for (int i; _failure is null && !cancellationToken.IsCancellationRequested && (i = Interlocked.Increment(ref _next)) < count;)
                    (body ??= bodyOfThread())(i);
            }
#pragma warning disable CA1031 // Thrown again by the thread that started the loop.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            }
            finally
            {
                s_isTaken = wasTaken;
            }
        }

        internal void ThrowIfFailed() => _failure?.Throw();
    }
}
