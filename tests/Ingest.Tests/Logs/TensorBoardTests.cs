using System.Text;

namespace ScalingDashboard.Ingest.Tests.Logs;

public sealed class TensorBoardTests
{
    private const string Name = "events.out.tfevents.1700000000.host.1.0";

    [Fact]
    public async Task Simple_values_are_metrics_with_the_digits_a_float_has()
    {
        var file = new EventFile().Scalar("train/loss", 10, 2.8338048f, 1000).Scalar("train/loss", 20, 2.5f, 1060.5).Scalar("lr", 20, 6e-4f, 1060.5);
        var logged = await Logged.ReadAsync(Name, file.ToArray());
        Assert.Equal(["tensorboard"], logged.Formats);
        var run = Assert.Single(logged.Runs);
        Assert.Equal([10.0, 20], run.Series("train/loss").Steps);
        Assert.Equal([2.8338048, 2.5], run.Series("train/loss").Values);
        Assert.Equal([6e-4], run.Series("lr").Values);
        Assert.Equal([0, 60.5], run.Series("seconds").Values);
        Assert.Empty(run.Flags);
    }

    [Fact]
    public void The_checksum_is_that_of_the_standard()
    {
        // CRC32C of "123456789" is 0xe3069283 (RFC 3720); masked by hand.
        var crc = 0xe3069283u;
        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u), BitConverter.ToUInt32(EventFile.Masked("123456789"u8.ToArray())));
        Assert.Equal(unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u), Ingest.Logs.TensorBoardFormat.MaskedCrc("123456789"u8));
    }

    [Theory]
    [InlineData("float_val")]
    [InlineData("float_val packed")]
    [InlineData("double_val")]
    [InlineData("double_val packed")]
    [InlineData("content float")]
    [InlineData("content double")]
    [InlineData("int64_val")]
    [InlineData("half_val")]
    public async Task Tensors_of_one_number_are_values_wherever_it_stands(string kind)
    {
        var tensor = kind switch
        {
            "float_val" => EventFile.Join(EventFile.Varint(1, 1), EventFile.Float(5, 3)),
            "float_val packed" => EventFile.Join(EventFile.Varint(1, 1), EventFile.Bytes(5, BitConverter.GetBytes(3f))),
            "double_val" => EventFile.Join(EventFile.Varint(1, 2), EventFile.Double(6, 3)),
            "double_val packed" => EventFile.Join(EventFile.Varint(1, 2), EventFile.Bytes(6, BitConverter.GetBytes(3.0))),
            "content float" => EventFile.Join(EventFile.Varint(1, 1), EventFile.Bytes(2, []), EventFile.Bytes(4, BitConverter.GetBytes(3f))),
            "content double" => EventFile.Join(EventFile.Varint(1, 2), EventFile.Bytes(4, BitConverter.GetBytes(3.0))),
            "int64_val" => EventFile.Join(EventFile.Varint(1, 9), EventFile.Varint(10, 3)),
            _ => EventFile.Join(EventFile.Varint(1, 19), EventFile.Varint(13, BitConverter.HalfToUInt16Bits((Half)3))),
        };
        var logged = await Logged.ReadAsync(Name, new EventFile().Tensor("loss", 5, tensor, "scalars").Tensor("loss", 6, tensor).ToArray());
        Assert.Equal([3.0, 3], Assert.Single(logged.Runs).Series("loss").Values);
    }

    [Fact]
    public async Task What_is_no_scalar_is_skipped_and_named_though_its_metadata_stand_only_with_the_first_value()
    {
        var three = EventFile.Join(EventFile.Varint(1, 1), EventFile.Bytes(4, new byte[12]));
        var text = EventFile.Join(EventFile.Varint(1, 7), EventFile.Bytes(8, "words"u8.ToArray()));
        var one = EventFile.Join(EventFile.Varint(1, 1), EventFile.Float(5, 1));
        var file = new EventFile().Tensor("curve", 1, three, "pr_curves").Tensor("note", 1, text, "text").Tensor("picture", 1, one, "images").Tensor("picture", 2, one)
            .Event(1, 1000, EventFile.Join(EventFile.Bytes(1, "weights"u8.ToArray()), EventFile.Bytes(5, [1, 2])))
            .Scalar("loss", 1, 2);
        var logged = await Logged.ReadAsync(Name, file.ToArray());
        Assert.Equal(["loss"], Assert.Single(logged.Runs).Metrics.Select(series => series.Metric));
        Assert.Equal(["pr_curves: curve; only scalars are read", "text: note; only scalars are read", "images: picture; only scalars are read", "histograms: weights; only scalars are read"], logged.LeftOut.Select(row => row.Reason));
    }

    [Fact]
    public async Task A_cut_off_record_ends_the_file_and_what_was_before_is_kept()
    {
        var whole = new EventFile().Scalar("loss", 1, 3).ToArray();
        var longer = new EventFile().Scalar("loss", 1, 3).Scalar("loss", 2, 2).ToArray();
        for (var length = whole.Length + 1; length < longer.Length; length++)
        {
            var run = Assert.Single((await Logged.ReadAsync(Name, longer[..length])).Runs);
            Assert.Equal([3.0], run.Series("loss").Values);
            Assert.StartsWith("truncated:", Assert.Single(run.Flags), StringComparison.Ordinal);
        }

        Assert.Empty(Assert.Single((await Logged.ReadAsync(Name, whole)).Runs).Flags);
    }

    [Fact]
    public async Task A_length_is_not_believed_and_nothing_is_allocated_for_it()
    {
        var file = new EventFile().Scalar("loss", 1, 3).Announce(long.MaxValue).Raw(new byte[100]).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var logged = await Logged.ReadAsync(Name, file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
        Assert.Contains("9223372036854775807 bytes", Assert.Single(logged.LeftOut).Reason, StringComparison.Ordinal);
        Assert.StartsWith("truncated", Assert.Single(Assert.Single(logged.Runs).Flags), StringComparison.Ordinal);
        // Without a checksum of the length that fits, nothing after it can be found.
        var broken = new EventFile().Scalar("loss", 1, 3).Raw([1, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9]).Scalar("loss", 2, 2).ToArray();
        Assert.Equal("damaged after record 2: what follows was not read", Assert.Single(Assert.Single((await Logged.ReadAsync(Name, broken)).Runs).Flags));
    }

    [Fact]
    public async Task A_long_record_is_skipped_and_reading_goes_on()
    {
        var file = new EventFile().Scalar("loss", 1, 3).Record(new byte[17 * 1024 * 1024]).Scalar("loss", 2, 2).ToArray();
        var logged = await Logged.ReadAsync(Name, file);
        Assert.Equal([3.0, 2], Assert.Single(logged.Runs).Series("loss").Values);
        Assert.Contains("it was skipped", Assert.Single(logged.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_record_is_left_out_and_named()
    {
        var start = new EventFile().Scalar("loss", 1, 3);
        var at = (int)start.Length + 20;
        var bytes = start.Scalar("loss", 2, 2).Scalar("loss", 3, 1).ToArray();
        bytes[at] ^= 1;
        var logged = await Logged.ReadAsync(Name, bytes);
        Assert.Equal([3.0, 1], Assert.Single(logged.Runs).Series("loss").Values);
        Assert.Equal("record 3 is damaged: its checksum does not fit", Assert.Single(logged.LeftOut).Reason);
        // A payload with a good checksum that is no event: a varint of eleven bytes.
        var nonsense = new EventFile().Record([0x10, .. Enumerable.Repeat((byte)0xFF, 11)]).Scalar("loss", 1, 3).ToArray();
        Assert.Equal("record 2 is no event as TensorBoard writes it", Assert.Single((await Logged.ReadAsync(Name, nonsense)).LeftOut).Reason);
    }

    [Fact]
    public async Task Files_of_a_folder_are_one_run_and_a_restart_replaces_what_it_repeats()
    {
        var first = new EventFile().Scalar("loss", 1, 4).Scalar("loss", 2, 3).Scalar("loss", 3, 2.9f).Scalar("loss", 4, 2.8f).ToArray();
        var second = new EventFile().Scalar("loss", 3, 2.5f).Scalar("loss", 4, 2.25f).ToArray();
        var logged = await Logged.ReadAsync(null, ("a/events.out.tfevents.200.host", second), ("a/events.out.tfevents.99.host", first), ("b/" + Name, first));
        Assert.Equal(["a", "b"], logged.Runs.Select(run => run.Name));
        Assert.Equal([1.0, 2, 3, 4], logged.Runs[0].Series("loss").Steps);
        Assert.Equal([4, 3, 2.5, 2.25], logged.Runs[0].Series("loss").Values);
        Assert.Equal("restarted at step 3: from a restart's first step on the later values count, 2 earlier ones replaced", Assert.Single(logged.Runs[0].Flags));
        Assert.Empty(logged.Runs[1].Flags);
    }

    [Fact]
    public async Task Parameters_of_the_hparams_plugin_are_configuration()
    {
        var pair = EventFile.Join(EventFile.Bytes(1, "width"u8.ToArray()), EventFile.Bytes(2, EventFile.Double(2, 768)));
        var name = EventFile.Join(EventFile.Bytes(1, "optimizer"u8.ToArray()), EventFile.Bytes(2, EventFile.Bytes(3, "adamw"u8.ToArray())));
        var session = EventFile.Bytes(3, EventFile.Join(EventFile.Bytes(1, pair), EventFile.Bytes(1, name)));
        var metadata = EventFile.Bytes(1, EventFile.Join(EventFile.Bytes(1, "hparams"u8.ToArray()), EventFile.Bytes(2, session)));
        var file = new EventFile().Event(0, 1000, EventFile.Join(EventFile.Bytes(1, "_hparams_/session_start_info"u8.ToArray()), EventFile.Bytes(9, metadata))).Scalar("loss", 1, 3);
        var run = Assert.Single((await Logged.ReadAsync(Name, file.ToArray())).Runs);
        Assert.Equal(("768", "adamw"), (run.Setting("width"), run.Setting("optimizer")));
    }

    [Fact]
    public async Task A_loss_that_blew_up_is_flagged()
    {
        var file = new EventFile().Scalar("loss", 1, 3).Scalar("loss", 2, float.NaN).Scalar("loss", 3, float.PositiveInfinity);
        Assert.Equal("diverged: loss is not finite from step 2 on", Assert.Single(Assert.Single((await Logged.ReadAsync(Name, file.ToArray())).Runs).Flags));
        var spike = new EventFile().Scalar("loss", 1, 3).Scalar("loss", 2, float.NaN).Scalar("loss", 3, 2);
        Assert.Equal("loss is not finite at step 2", Assert.Single(Assert.Single((await Logged.ReadAsync(Name, spike.ToArray())).Runs).Flags));
    }

    [Fact]
    public async Task An_empty_or_foreign_file_is_refused()
    {
        Assert.Contains("holds no run", (await Assert.ThrowsAsync<IngestException>(() => Logged.ReadAsync(Name, new EventFile().ToArray()))).Message, StringComparison.Ordinal);
        var forced = new LogReadOptions { Format = "tensorboard" };
        Assert.Contains("no TensorBoard event file", (await Assert.ThrowsAsync<IngestException>(() => Logged.ReadAsync(Name, Encoding.ASCII.GetBytes("step,loss\n1,2\n3,4\n"), forced))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_add_hparams_writes_into_a_folder_of_its_own_belong_to_the_run()
    {
        var pair = EventFile.Join(EventFile.Bytes(1, "width"u8.ToArray()), EventFile.Bytes(2, EventFile.Double(2, 768)));
        var session = EventFile.Bytes(3, EventFile.Bytes(1, pair));
        var metadata = EventFile.Bytes(1, EventFile.Join(EventFile.Bytes(1, "hparams"u8.ToArray()), EventFile.Bytes(2, session)));
        var settings = new EventFile().Event(0, 1000, EventFile.Join(EventFile.Bytes(1, "_hparams_/session_start_info"u8.ToArray()), EventFile.Bytes(9, metadata))).Scalar("hparam/acc", 0, 0.5f);
        var logged = await Logged.ReadAsync(null, ("exp/lr1/" + Name, new EventFile().Scalar("loss", 1, 3).ToArray()), ("exp/lr1/1700000000.123456/" + Name, settings.ToArray()));
        var run = Assert.Single(logged.Runs);
        Assert.Equal(("exp/lr1", "768"), (run.Name, run.Setting("width")));
        Assert.Equal([0.5], run.Series("hparam/acc").Values);
    }

    [Fact]
    public async Task Arguments_that_a_trainer_writes_as_a_text_are_configuration()
    {
        const string Arguments = "{\"optim\": \"adamw_torch\", \"bf16\": true, \"max_grad_norm\": NaN, \"nested\": {}}";
        var text = EventFile.Join(EventFile.Varint(1, 7), EventFile.Bytes(8, Encoding.UTF8.GetBytes(Arguments)));
        var file = new EventFile().Tensor("args/text_summary", 0, text, "text").Tensor("notes/text_summary", 0, EventFile.Bytes(8, "no json"u8.ToArray()), "text").Scalar("train/loss", 1, 3);
        var run = Assert.Single((await Logged.ReadAsync(Name, file.ToArray())).Runs);
        Assert.Equal(("adamw_torch", "True", "NaN", null), (run.Setting("optim"), run.Setting("bf16"), run.Setting("max_grad_norm"), run.Setting("nested")));
    }

    [Fact]
    public async Task A_run_at_the_top_of_an_archive_has_its_name()
    {
        var file = new EventFile().Scalar("loss", 1, 3).ToArray();
        Assert.Equal("my run", Assert.Single((await Logged.ReadAsync("my run.zip", Packed.Zip((Name, file)))).Runs).Name);
        Assert.Equal("a", Assert.Single((await Logged.ReadAsync("my run.zip", Packed.Zip(("a/" + Name, file)))).Runs).Name);
    }
}
