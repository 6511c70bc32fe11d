namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>What the command <c>fuzz</c> found: each file is read, or refused with words.</summary>
public sealed class FuzzRegressionTests
{
    [Theory]
    // A number that is nothing but its separators.
    [InlineData(null, "n.log", "tokens per iteration will be: ,520\niter 0: loss 10.9, time 1ms, mfu 1%\niter 1: loss 10.8, time 1ms, mfu 1%\n")]
    [InlineData(null, "n.log", "tokens per iteration will be: ,\niter 0: loss 10.9, time 1ms, mfu 1%\n")]
    // A panel read from lines of JSON that hold no key.
    [InlineData("wandb-panel", "p.csv", "{\"Step\",\"a - 1 - loss\"\n")]
    [InlineData("wandb-panel", "p.csv", "{}\n")]
    // Two columns of steps for one run.
    [InlineData("wandb-panel", "p.csv", "epoch,a - loss,a - _step,a - _step\n1,2,3,4\n")]
    public async Task A_file_that_broke_a_reader_no_longer_does(string? format, string name, string text) =>
        await FuzzCorpus.ReadAsync(name, System.Text.Encoding.UTF8.GetBytes(text), new LogImportOptions { Format = format });
}
