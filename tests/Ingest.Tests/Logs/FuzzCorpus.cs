using System.Text;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Ingest.Tests.Logs;

/// <summary>A whole file of a format, to be mutated.</summary>
/// <param name="Format">Key of the format, or what the file is packed as.</param>
/// <param name="Path">Path inside its source.</param>
/// <param name="Bytes">The file.</param>
/// <param name="Parts">What stands in frames with checksums and can be mutated below them; empty for a plain file.</param>
/// <param name="Frame">Makes the file of mutated parts.</param>
internal sealed record FuzzSeed(string Format, string Path, byte[] Bytes, IReadOnlyList<byte[]> Parts, Func<IReadOnlyList<byte[]>, byte[]> Frame);

/// <summary>Seeds of every format, mutations of them, and what must hold of whatever comes out.</summary>
/// <remarks>Shared with the command <c>fuzz</c> of the benchmarks, which does the same for longer.</remarks>
internal static class FuzzCorpus
{
    // What formats treat in a way of its own.
    private static readonly byte[][] s_tokens =
    [
        .. new[]
        {
            "NaN", "-Infinity", "nan", "1e999", "1.8e308", "-", "-1", "0", "\"", ",", ";", "\t", "\n", "\r", "\r\n", "{", "}", "[", "]", ":", "|", "|---|---|\n", " - ", "__MIN", "__MAX", "====\n", "\0", "\uFEFF", "\u001B[32m",
            "999999999999999999999", "step", "_step", "loss", "iter 1: loss ", "step:1/2 ", "s:1 ", "[step=3]", " iteration 3/ 9 | ", "number of parameters: ", "\"log_history\": [", "1,234", "7B", "*3", "\\", "\\u0000", "metrics/", "ms", "%",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xFF, 0xFE], [0x80], [0xC3], [0x1F, 0x8B], [0x50, 0x4B, 0x03, 0x04],
    ];

    public static IReadOnlyList<FuzzSeed> Seeds { get; } = MakeSeeds();

    public static IEnumerable<string> Formats => Seeds.Select(seed => seed.Format).Distinct();

    /// <summary>A mutation of a seed, always the same for the same number.</summary>
    public static byte[] Mutate(FuzzSeed seed, int number)
    {
#pragma warning disable CA5394 // Not for secrets.
        var random = new Random(number);
        // Below the checksums, so that what they protect is reached.
        return seed.Parts.Count == 0 || random.Next(3) == 0
            ? Mutate(seed.Bytes, random)
            : seed.Frame([.. seed.Parts.Select(part => random.Next(2) == 0 ? part : Mutate(part, random))]);
    }

    /// <summary>Reads and interprets a file: it is read, or refused with words.</summary>
    /// <returns>Whether it was read.</returns>
    public static async Task<bool> ReadAsync(string path, byte[] bytes, LogImportOptions options)
    {
        try
        {
            using (var columns = LogSource.Open(path, () => new MemoryStream(bytes)))
                await LogImport.SignatureAsync(columns, CancellationToken.None).ConfigureAwait(false);
            using var source = LogSource.Open(path, () => new MemoryStream(bytes));
            var import = await LogImport.ReadAsync(source, options, CancellationToken.None).ConfigureAwait(false);
            if (import.Runs.Count == 0)
                throw new InvalidOperationException("An import without runs was not refused.");
            foreach (var run in import.Runs)
                Check(run);
            foreach (var facts in import.Facts)
                _ = facts.ToString();
            _ = import.Missing.Count();
            _ = ColumnMapping.Parse(import.Mapping.ToString() is { Length: > 0 } mapping ? [mapping] : []);
            return true;
        }
        catch (IngestException refused)
        {
            return refused.Message.Length > 0 ? false : throw new InvalidOperationException("A file was refused without words.", refused);
        }
    }

    private static void Check(ImportedRun run)
    {
        foreach (var value in (double?[])[run.Parameters, run.Tokens, run.Flops, run.Loss])
        {
            if (value is { } number && !double.IsFinite(number))
                throw new InvalidOperationException($"{run.Name} has a number that cannot be stored: {number}.");
        }

        foreach (var series in run.Series)
        {
            if (series.Steps.Length != series.Values.Length || series.Steps.Length == 0)
                throw new InvalidOperationException($"{series.Metric} has {series.Steps.Length} steps and {series.Values.Length} values.");
            for (var i = 0; i < series.Steps.Length; i++)
            {
                if (!double.IsFinite(series.Steps[i]) || (i > 0 && series.Steps[i] < series.Steps[i - 1]))
                    throw new InvalidOperationException($"{series.Metric} goes back to step {series.Steps[i]}.");
            }
        }

        if (run.Series.Select(series => series.Metric).Distinct().Count() != run.Series.Count)
            throw new InvalidOperationException($"{run.Name} has a metric twice.");
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        var mutated = bytes.ToList();
        for (var times = random.Next(1, 8); times > 0 && mutated.Count > 0; times--)
        {
            var at = random.Next(mutated.Count);
            switch (random.Next(7))
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
                case 4 or 5:
                    mutated.InsertRange(at, s_tokens[random.Next(s_tokens.Length)]);
                    break;
                default:
                    mutated.RemoveRange(at, mutated.Count - at);
                    break;
            }
        }

        return [.. mutated];
    }
#pragma warning restore CA5394

    private static List<FuzzSeed> MakeSeeds()
    {
        var seeds = new List<FuzzSeed>();
        byte[][] payloads =
        [
            Event(1, EventFile.Join(Tag("loss"), EventFile.Float(2, 3))),
            Event(2, EventFile.Join(Tag("loss"), EventFile.Float(2, 2))),
            Event(3, EventFile.Join(Tag("x"), EventFile.Bytes(8, EventFile.Join(EventFile.Varint(1, 1), EventFile.Float(5, 3))), Plugin("scalars"))),
            Event(3, EventFile.Join(Tag("y"), EventFile.Bytes(8, EventFile.Join(EventFile.Varint(1, 2), EventFile.Bytes(4, BitConverter.GetBytes(3.0)))))),
            Event(0, EventFile.Join(Tag("_hparams_/session_start_info"), EventFile.Bytes(9, EventFile.Bytes(1, EventFile.Join(
                EventFile.Bytes(1, "hparams"u8.ToArray()),
                EventFile.Bytes(2, EventFile.Bytes(3, EventFile.Bytes(1, EventFile.Join(EventFile.Bytes(1, "width"u8.ToArray()), EventFile.Bytes(2, EventFile.Double(2, 768))))))))))),
            Event(0, EventFile.Join(Tag("args/text_summary"), EventFile.Bytes(8, EventFile.Join(EventFile.Varint(1, 7), EventFile.Bytes(8, "{\"optim\": \"adamw\", \"lr\": NaN}"u8.ToArray()))), Plugin("text"))),
            Event(4, EventFile.Join(Tag("picture"), EventFile.Bytes(4, EventFile.Bytes(4, new byte[64])))),
        ];
        var events = Events(payloads);
        seeds.Add(new FuzzSeed("tensorboard", "events.out.tfevents.1", events, payloads, Events));
        var table = "run,step,loss,lr\na,1,3,0.1\na,2,2.5,0.1\nb,1,NaN,\"0.2\"\n";
        Add("huggingface", "trainer_state.json", "{\"global_step\": 20, \"max_steps\": 20, \"total_flos\": 1e15, \"x\": NaN, \"log_history\": [{\"step\": 10, \"loss\": 3.5, \"epoch\": 0.5}, {\"step\": 10, \"eval_g0_loss\": 3}, {\"step\": 20, \"eval_loss\": Infinity}]}");
        Add("wandb-panel", "p.csv", "\"Step\",\"a - 1 - loss\",\"a - 1 - loss__MIN\",\"a - 1 - loss__MAX\",\"a - 2 - loss\",\"a - 2 - loss__MIN\",\"a - 2 - loss__MAX\"\n\"1\",\"3\",\"3\",\"3\",\"\",\"\",\"\"\n\"2\",\"\",\"\",\"\",\"2\",\"1\",\"3\"\n");
        Add("wandb-panel", "p.csv", "epoch,Group: a - loss,Group: a - loss__MIN,Group: a - loss__MAX,Group: a - _step,Group: a - _step__MIN,Group: a - _step__MAX\n0.5,3,2,4,100,100,100\n1,2,1,3,200,200,200\n");
        Add("mlflow", "loss", "1700000000000 3 0\n1700000005000 2.5 10\n1700000006000 nan 20\n");
        Add("mlflow-table", "r.csv", "Start Time,Run ID,Name,lr,loss\n2025,abc,base,0.001,2.25\n2025,abd,base,0.002,2.5\n");
        Add("mlflow-table", "r.csv", "run_id,metrics.loss,params.lr,tags.mlflow.runName\nabc,2.5,0.1,base\nabd,2.25,0.2,wide\n");
        Add("sweep", "s.csv", "run,parameters,tokens,flops,loss,budget,optimizer\na,1e9,2e10,4e19,3,1e20,adam\nb,2e9,2e10,8e19,2.9,1e20,lion\n,7B,1.4T,,2.1,,\n");
        Add("sweep", "s.jsonl", "{\"run\":\"a\",\"N\":1e9,\"D\":\"20B\",\"loss\":3,\"x\":{\"y\":[1]}}\n{\"run\":\"a\",\"N\":1e9,\"D\":4e10,\"loss\":2.9}\n");
        Add("sweep", "s.md", "# Runs\n\n| N | D | `loss` |\n|--:|:-:|---|\n| 70M | 1.4B | **3.9** |\n| 160M | 3.2B | 3.5 |\n");
        Add("lightning", "metrics.csv", "epoch,step,train_loss,val_loss\n0,49,3,\n0,50,,2.5\n1,99,2,\n");
        Add("wandb-history", "h.csv", ",_step,_timestamp,train/loss\n0,10,1700000000,3.5\n1,20,2023-11-14T22:13:26Z,3.25\n");
        Add("wandb-runs", "w.csv", "Name,State,Created,loss\na,finished,2025,2.5\nb,crashed,2025,NaN\n");
        Add("long", "a.csv", table);
        Add("long", "l.jsonl", "{\"run\":\"a\",\"step\":1,\"loss\":3}\n{\"run\":\"a\",\"step\":2,\"loss\":NaN}\n{\"step\":3,\"other\":1}\n");
        Add("long", "n.csv", "run,step,metric,value,device\na-1,1,loss,3,gpu\na-1,2,loss,2,gpu\na-2,2,loss,2,gpu\na-2,3,eval/loss,1.9,gpu\n");
        seeds.Add(new FuzzSeed("long", "u.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(table)], [], _ => []));
        Add("modded-nanogpt", "m.txt", "code\n====\n|   0  NVIDIA H100 80GB HBM3          On  |   0 |\n====\nstep:0/20 val_loss:10.8 train_time:29ms step_avg:nanms\nstep:5/20 val_loss:4.4 train_time:1.4s step_avg:155.5ms mfu:46.19%\n");
        Add("nanogpt", "n.log", "batch_size = 64 # x\ntokens per iteration will be: 491,520\nnumber of parameters: 10.65M\nstep 0: train loss 10.9, val loss 10.9\niter 0: loss 10.9, time 24960.55ms, mfu -100.00%\niter 10: loss 9, time 2.5ms, mfu 41.50%\n");
        Add("llm.c", "main.log", "s:0 tel:11.0\ns:0 trl:11.0 lr:0.1 norm:15.37\ns:1 trl:10.0 lr:0.1 norm:inf\n");
        Add("olmo", "o.log", "2024-04-17 09:42:26 INFO [step=1/739328,epoch=0]\n    train/CrossEntropyLoss=11.03\n    throughput/total_tokens=4,194,304\n2024-04-17 09:42:38 INFO [step=2/739328,epoch=0]\n    train/CrossEntropyLoss=11.0\n");
        Add("megatron", "g.log", "  seq_length ....... 2048\n > number of parameters on (tensor, pipeline) model parallel rank (0, 0): 1000\n[2025-10-21T16:18:53+08:00] iteration 1/ 24000 | consumed samples: 1024 | lm loss: 1.19E+01 |\n iteration 2/ 24000 | consumed samples: 2048 | lm loss: 1.1E+01 |\n validation loss at iteration 2 on test set | lm loss value: 1.1E+01 |\n");
        (string Path, byte[] Bytes)[] files =
        [
            ("a.csv", Encoding.UTF8.GetBytes(table)), ("b/events.out.tfevents.1", events), ("c/hparams.yaml", "lr: 0.1\nmodel:\n  width: 8\n"u8.ToArray()), ("c/metrics.csv", "epoch,step,loss\n0,1,3\n0,2,2\n"u8.ToArray()),
            ("m/r/metrics/loss", "1700000000000 3 0\n"u8.ToArray()), ("m/r/meta.yaml", "run_name: x\n"u8.ToArray()), ("m/r/params/lr", "0.1"u8.ToArray()), ("out/checkpoint-5/trainer_state.json", "{\"log_history\": [{\"step\": 5, \"loss\": 3}]}"u8.ToArray()),
        ];
        seeds.Add(new FuzzSeed("zip", "z.zip", Packed.Zip(files), [.. files.Select(file => file.Bytes)], parts => Packed.Zip([.. files.Zip(parts, (file, part) => (file.Path, part))])));
        seeds.Add(new FuzzSeed("gzip", "a.csv.gz", Packed.Gzip(Encoding.UTF8.GetBytes(table)), [Encoding.UTF8.GetBytes(table)], parts => Packed.Gzip(parts[0])));
        return seeds;

        void Add(string format, string path, string text) => seeds.Add(new FuzzSeed(format, path, Encoding.UTF8.GetBytes(text), [], _ => []));

        static byte[] Events(IReadOnlyList<byte[]> payloads)
        {
            var file = new EventFile();
            foreach (var payload in payloads)
                file.Record(payload);
            return file.ToArray();
        }

        static byte[] Tag(string name) => EventFile.Bytes(1, Encoding.UTF8.GetBytes(name));

        static byte[] Plugin(string name) => EventFile.Bytes(9, EventFile.Bytes(1, EventFile.Bytes(1, Encoding.UTF8.GetBytes(name))));

        static byte[] Event(long step, byte[] value) => EventFile.Join(EventFile.Double(1, 1000 + step), EventFile.Varint(2, (ulong)step), EventFile.Bytes(5, EventFile.Bytes(1, value)));
    }
}
