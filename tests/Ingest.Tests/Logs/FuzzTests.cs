using System.Diagnostics;
using System.Text;

namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>Mutated bytes of every format: a file is read or refused with words; nothing crashes, hangs, or takes memory without bound.</summary>
public sealed class FuzzTests
{
    private const int Cases = 150;

    private static readonly Dictionary<string, (string Path, byte[] Bytes)> s_seeds = Seeds();

    public static TheoryData<string> Formats() => [.. s_seeds.Keys];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Mutated_files_are_read_or_refused(string format)
    {
        var (path, bytes) = s_seeds[format];
        var whole = await Logged.ReadAsync(path, bytes);
        Assert.True(whole.Runs.Count + whole.Tables.Count > 0);
        for (var seed = 0; seed < Cases; seed++)
        {
            var mutated = Mutate(bytes, new Random(seed));
            var before = GC.GetTotalAllocatedBytes();
            await TryAsync(path, mutated, null);
            // Other tests allocate meanwhile: generous, but far below what a believed length would take.
            Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 2_000_000_000);
            if (LogReader.Formats.Any(known => known.Key == format))
                await TryAsync(path, mutated, new LogReadOptions { Format = format });
        }
    }

    private static async Task TryAsync(string path, byte[] bytes, LogReadOptions? options)
    {
        try
        {
            var logged = await Logged.ReadAsync(path, bytes, options);
            foreach (var series in logged.Runs.SelectMany(run => run.Metrics))
            {
                Assert.Equal(series.Steps.Length, series.Values.Length);
                Assert.All(series.Steps, step => Assert.True(double.IsFinite(step)));
                for (var i = 1; i < series.Steps.Length; i++)
                    Assert.True(series.Steps[i] >= series.Steps[i - 1]);
            }
        }
        catch (IngestException refused)
        {
            Debug.Assert(refused.Message.Length > 0);
        }
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var mutated = bytes.ToList();
        for (var times = random.Next(1, 8); times > 0 && mutated.Count > 0; times--)
        {
            var at = random.Next(mutated.Count);
            switch (random.Next(6))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 2:
                    mutated.RemoveRange(at, Math.Min(random.Next(1, 20), mutated.Count - at));
                    break;
                case 3:
                    mutated.InsertRange(at, mutated.Skip(random.Next(mutated.Count)).Take(random.Next(1, 60)).ToArray());
                    break;
                case 4:
                    mutated.InsertRange(at, Encoding.ASCII.GetBytes(new[] { "NaN", "1e999", "-", "\"", ",", "\n", "{", "====\n", "\0", "999999999999999999999" }[random.Next(10)]));
                    break;
                default:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
            }
        }

        return [.. mutated];
    }

    private static Dictionary<string, (string Path, byte[] Bytes)> Seeds()
    {
        static (string, byte[]) Text(string path, string text) => (path, Encoding.UTF8.GetBytes(text));
        var events = new EventFile().Scalar("loss", 1, 3).Scalar("loss", 2, 2).Tensor("x", 3, EventFile.Join(EventFile.Varint(1, 1), EventFile.Float(5, 3)), "scalars").ToArray();
        var table = Text("a.csv", "run,step,loss,lr\na,1,3,0.1\na,2,2.5,0.1\nb,1,NaN,\"0.2\"\n");
        return new()
        {
            ["tensorboard"] = ("events.out.tfevents.1", events),
            ["huggingface"] = Text("trainer_state.json", "{\"global_step\": 20, \"max_steps\": 20, \"x\": NaN, \"log_history\": [{\"step\": 10, \"loss\": 3.5}, {\"step\": 20, \"eval_loss\": Infinity}]}"),
            ["wandb-panel"] = Text("p.csv", "\"Step\",\"a - 1 - loss\",\"a - 1 - loss__MIN\",\"a - 1 - loss__MAX\",\"a - 2 - loss\",\"a - 2 - loss__MIN\",\"a - 2 - loss__MAX\"\n\"1\",\"3\",\"3\",\"3\",\"\",\"\",\"\"\n\"2\",\"\",\"\",\"\",\"2\",\"1\",\"3\"\n"),
            ["mlflow"] = Text("loss", "1700000000000 3 0\n1700000005000 2.5 10\n1700000006000 nan 20\n"),
            ["mlflow-table"] = Text("r.csv", "Start Time,Run ID,Name,lr,loss\n2025,abc,base,0.001,2.25\n2025,abd,base,0.002,2.5\n"),
            ["sweep"] = Text("s.csv", "run,parameters,tokens,loss\na,1e9,2e10,3\nb,2e9,2e10,2.9\n"),
            ["lightning"] = Text("metrics.csv", "epoch,step,train_loss,val_loss\n0,49,3,\n0,50,,2.5\n1,99,2,\n"),
            ["wandb-history"] = Text("h.csv", ",_step,_timestamp,train/loss\n0,10,1700000000,3.5\n1,20,1700000006,3.25\n"),
            ["wandb-runs"] = Text("w.csv", "Name,State,Created,loss\na,finished,2025,2.5\nb,crashed,2025,NaN\n"),
            ["long"] = table,
            ["long lines"] = Text("l.jsonl", "{\"run\":\"a\",\"step\":1,\"loss\":3}\n{\"run\":\"a\",\"step\":2,\"loss\":NaN}\n"),
            ["modded-nanogpt"] = Text("m.txt", "code\n====\nstep:0/20 val_loss:10.8 train_time:29ms step_avg:nanms\nstep:5/20 val_loss:4.4 train_time:1.4s step_avg:155.5ms\n"),
            ["nanogpt"] = Text("n.log", "tokens per iteration will be: 491,520\nstep 0: train loss 10.9, val loss 10.9\niter 0: loss 10.9, time 24960.55ms, mfu -100.00%\niter 10: loss 9, time 2.5ms, mfu 41.50%\n"),
            ["llm.c"] = Text("main.log", "s:0 tel:11.0\ns:0 trl:11.0 lr:0.1 norm:15.37\ns:1 trl:10.0 lr:0.1 norm:inf\n"),
            ["olmo"] = Text("o.log", "INFO [step=1/739328,epoch=0]\n    train/CrossEntropyLoss=11.03\n    throughput/total_tokens=4,194,304\nINFO [step=2/739328,epoch=0]\n    train/CrossEntropyLoss=11.0\n"),
            ["megatron"] = Text("g.log", "  seq_length ....... 2048\n iteration 1/ 24000 | consumed samples: 1024 | lm loss: 1.19E+01 |\n iteration 2/ 24000 | consumed samples: 2048 | lm loss: 1.1E+01 |\n"),
            ["zip"] = ("z.zip", Logged.Zip(("a.csv", table.Item2), ("b/events.out.tfevents.1", events))),
            ["gzip"] = ("a.csv.gz", Logged.Gzip(table.Item2)),
        };
    }
}
