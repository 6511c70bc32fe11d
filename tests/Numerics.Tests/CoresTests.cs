namespace ScalingDashboard.Numerics.Tests;

public class CoresTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Every_item_is_handled_once(int count)
    {
        var times = new int[count];
        Cores.For(count, i => Interlocked.Increment(ref times[i]));
        Assert.All(times, time => Assert.Equal(1, time));
    }

    [Fact]
    public void Never_on_more_threads_than_cores_not_even_inside_each_other()
    {
        var (running, most, bodies) = (0, 0, 0);
        Cores.For(
            200,
            () =>
            {
                Interlocked.Increment(ref bodies);
                return _ => Cores.For(20, _ =>
                {
                    var now = Interlocked.Increment(ref running);
                    for (var seen = most; now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = most)
                    {
                    }

                    Thread.SpinWait(2000);
                    Interlocked.Decrement(ref running);
                });
            });
        Assert.InRange(most, 1, Environment.ProcessorCount);
        Assert.InRange(bodies, 1, Environment.ProcessorCount);
    }

    [Fact]
    public void What_an_item_throws_ends_the_loop_and_is_thrown()
    {
        var handled = 0;
        var thrown = Assert.Throws<InvalidDataException>(() => Cores.For(1_000_000, i =>
        {
            Interlocked.Increment(ref handled);
            if (i == 5)
                throw new InvalidDataException("five");
        }));
        Assert.Equal("five", thrown.Message);
        Assert.InRange(handled, 1, 999_999);
        // The thread is free again.
        Every_item_is_handled_once(1000);
    }

    [Fact]
    public void Cancelling_stops_between_items()
    {
        using var source = new CancellationTokenSource();
        var handled = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => Cores.For(
            1_000_000,
            _ =>
            {
                if (Interlocked.Increment(ref handled) == 10)
                    source.Cancel();
            },
            source.Token));
        Assert.InRange(handled, 10, 10 + Environment.ProcessorCount);
    }
}
