using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Training;

/// <summary>A model in training: step by step, so that it can be watched, stopped, stored and gone on with. The same options give the same losses, stopped in between or not.</summary>
public sealed class TrainingRun
{
    private const int CheckpointMagic = 0x3142414C; // "LAB1"

    private readonly ILanguage _language;
    private readonly TimeProvider _clock;
    private readonly Transformer _model;
    private readonly LearningRateSchedule _schedule;
    private readonly float[] _gradient;
    private readonly int[] _drawn;
    private readonly int[] _tokens;
    private readonly int[] _targets;
    private double _lossSum;
    private int _lossCount;
    private double _gradientNorm;
    private TimeSpan _spent;

    /// <param name="options">Without <see cref="TrainingOptions.Problems"/>; its shape has the vocabulary of the language.</param>
    /// <param name="language">Where the tokens come from.</param>
    /// <param name="clock">For the seconds of the log.</param>
    /// <param name="threads">Threads of one step; the losses do not depend on it.</param>
    public TrainingRun(TrainingOptions options, ILanguage language, TimeProvider clock, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(language);
        Options = options;
        _language = language;
        _clock = clock;
        Layout = new WeightLayout(options.Shape);
        Weights = Layout.Initialize(options.Seed);
        Optimizer = new Optimizer<float>(options.Optimizer, Layout.Tensors.Select(tensor => new OptimizedTensor(tensor.Rows, tensor.Columns, tensor.Kind == TensorKind.Matrix)));
        _model = new Transformer(Layout, options.Sequences, options.Bits, threads);
        _schedule = options.Schedule;
        _gradient = new float[Layout.Length];
        _drawn = new int[options.Sequences * (options.Shape.Context + 1)];
        _tokens = new int[options.BatchTokens];
        _targets = new int[options.BatchTokens];
    }

    /// <summary>What is trained, and how.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Where the weights lie.</summary>
    public WeightLayout Layout { get; }

    /// <summary>The weights as they are now.</summary>
    public float[] Weights { get; }

    /// <summary>With its state.</summary>
    public Optimizer<float> Optimizer { get; }

    /// <summary>Steps made.</summary>
    public int Step => Optimizer.Steps;

    /// <summary>All steps are made.</summary>
    public bool Finished => Step >= Options.Steps;

    /// <summary>A loss was not a number: nothing better will come.</summary>
    public bool Diverged { get; private set; }

    /// <summary>Whether a row is due behind the step just made: at even distances, and at the end.</summary>
    // Row k of R is due at the first step not below k·steps/R.
    public bool RowDue => Finished || (long)Step * Options.LogRows / Options.Steps > (long)(Step - 1) * Options.LogRows / Options.Steps;

    /// <summary>Trains on one batch.</summary>
    public void Advance()
    {
        var begin = _clock.GetTimestamp();
        Draw(Options.Seed, Step * Options.Sequences);
        var loss = _model.LossAndGradient(Weights, _tokens, _targets, _gradient);
        _gradientNorm = Math.Sqrt(TensorPrimitives.SumOfSquares<float>(_gradient));
        if (_gradientNorm > Options.ClipNorm)
            TensorPrimitives.Multiply(_gradient, (float)(Options.ClipNorm / _gradientNorm), _gradient);
        Diverged |= !double.IsFinite(loss) || !double.IsFinite(_gradientNorm);
        Optimizer.Step(Weights, _gradient, _schedule.At(Step));
        _lossSum += loss;
        _lossCount++;
        _spent += _clock.GetElapsedTime(begin);
    }

    /// <summary>The row of the log at this moment: evaluates the model on held-out data.</summary>
    public TrainingRow Row()
    {
        var tokens = (double)Step * Options.BatchTokens;
        var row = new TrainingRow(
            Step, tokens, 6 * Options.Shape.Architecture.Parameters * tokens, _lossCount == 0 ? double.NaN : _lossSum / _lossCount, HeldOutLoss(),
            Step == 0 ? 0 : _schedule.At(Step - 1), _gradientNorm, _spent.TotalSeconds, Optimizer.Kept);
        (_lossSum, _lossCount) = (0, 0);
        return row;
    }

    /// <summary>Mean loss on data that no run is trained on, the same for every run of the language; nats a token.</summary>
    public double HeldOutLoss()
    {
        var weights = Optimizer.Evaluated(Weights);
        var batches = Math.Max(1, Options.HeldOutSequences / Options.Sequences);
        var sum = 0.0;
        for (var batch = 0; batch < batches; batch++)
        {
            Draw(ILanguage.HeldOut, batch * Options.Sequences);
            sum += _model.Loss(weights, _tokens, _targets);
        }

        return sum / batches;
    }

    /// <summary>Writes all that is needed to go on later.</summary>
    public void Save(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(CheckpointMagic);
        writer.Write(Layout.Length);
        writer.Write(Step);
        writer.Write(Diverged);
        writer.Write(_lossSum);
        writer.Write(_lossCount);
        writer.Write(_gradientNorm);
        writer.Write(_spent.Ticks);
        foreach (var values in Optimizer.State.Prepend(Weights))
            writer.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    /// <summary>Goes on from what <see cref="Save"/> wrote for the same options.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else, or ends too early.</exception>
    public void Load(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (reader.ReadInt32() != CheckpointMagic || reader.ReadInt32() != Layout.Length)
                throw new InvalidDataException("This is not a checkpoint of this run. Delete it to begin the run anew.");
            var step = reader.ReadInt32();
            Diverged = reader.ReadBoolean();
            _lossSum = reader.ReadDouble();
            _lossCount = reader.ReadInt32();
            _gradientNorm = reader.ReadDouble();
            _spent = TimeSpan.FromTicks(reader.ReadInt64());
            foreach (var values in Optimizer.State.Prepend(Weights))
                stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            Optimizer.Restore(step);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("The checkpoint ends too early. Delete it to begin the run anew.");
        }
    }

    private void Draw(int stream, int first)
    {
        var context = Options.Shape.Context;
        _language.Fill(stream, first, context + 1, _drawn);
        for (var sequence = 0; sequence < Options.Sequences; sequence++)
        {
            var source = _drawn.AsSpan(sequence * (context + 1), context + 1);
            source[..context].CopyTo(_tokens.AsSpan(sequence * context));
            source[1..].CopyTo(_targets.AsSpan(sequence * context));
        }
    }
}
