using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text;
using ScalingDashboard.Lab.Growth;
using ScalingDashboard.Lab.Languages;
using ScalingDashboard.Lab.Transformers;
using ScalingDashboard.Numerics.Optimizers;

namespace ScalingDashboard.Lab.Training;

/// <summary>A model in training: step by step, so that it can be watched, stopped, stored and gone on with. The same options give the same losses, stopped in between or not.</summary>
public sealed class TrainingRun
{
    private const int CheckpointMagic = 0x3142414C; // "LAB1"

    private readonly TimeProvider _clock;
    private readonly Batches _batches;
    private readonly Teacher? _teacher;
    private readonly Transformer _model;
    private readonly LearningRateSchedule _schedule;
    private readonly float[] _gradient;
    private double _lossSum;
    private int _lossCount;
    private double _gradientNorm;
    private TimeSpan _spent;
    private TimeSpan _taught;

    /// <param name="options">Without <see cref="TrainingOptions.Problems"/>; its shape has the vocabulary of the language.</param>
    /// <param name="language">Where the tokens come from.</param>
    /// <param name="clock">For the seconds of the log.</param>
    /// <param name="threads">Threads of one step; the losses do not depend on it.</param>
    /// <param name="weights">The first weights; those of <see cref="TrainingOptions.Seed"/> where none are given.</param>
    /// <param name="teacher">A model to learn from besides the data.</param>
    public TrainingRun(TrainingOptions options, ILanguage language, TimeProvider clock, int threads = 1, float[]? weights = null, Teacher? teacher = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(language);
        Options = options;
        _clock = clock;
        _teacher = teacher;
        Layout = new WeightLayout(options.Shape);
        Weights = weights is null ? Layout.Initialize(options.Seed) : [.. weights];
        Optimizer = new Optimizer<float>(options.Optimizer, Layout.Tensors.Select(tensor => new OptimizedTensor(tensor.Rows, tensor.Columns, tensor.Kind == TensorKind.Matrix)));
        _model = new Transformer(Layout, options.Sequences, options.Bits, threads);
        _schedule = options.Schedule;
        _gradient = new float[Layout.Length];
        _batches = new Batches(language, options.Sequences, options.Shape.Context);
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

    /// <summary>FLOP of the teacher's forward passes so far, 2ND; part of no other count.</summary>
    public double TeacherFlops => _teacher is null ? 0 : _teacher.FlopsPerToken * Options.BatchTokens * Math.Min(Step, _teacher.Inheritance.Steps(Options.Steps));

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
        var share = _teacher?.Inheritance.At(Step, Options.Steps) ?? 0;
        var layers = Options.LayersAt(Step);
        var begin = _clock.GetTimestamp();
        _batches.Draw(Options.Seed, Step * Options.Sequences);
        _spent += _clock.GetElapsedTime(begin);
        begin = _clock.GetTimestamp();
        ReadOnlySpan<float> taught = share > 0 ? _teacher!.Logits(_batches.Tokens) : [];
        _taught += _clock.GetElapsedTime(begin);
        begin = _clock.GetTimestamp();
        var loss = share > 0
            ? _model.LossAndGradient(Weights, _batches.Tokens, _batches.Targets, _gradient, taught, share, _teacher!.Inheritance.Temperature).Loss
            : _model.LossAndGradient(Weights, _batches.Tokens, _batches.Targets, _gradient, layers);
        _gradientNorm = Math.Sqrt(TensorPrimitives.SumOfSquares<float>(_gradient));
        if (_gradientNorm > Options.ClipNorm)
            TensorPrimitives.Multiply(_gradient, (float)(Options.ClipNorm / _gradientNorm), _gradient);
        Diverged |= !double.IsFinite(loss) || !double.IsFinite(_gradientNorm);
        Optimizer.Step(Weights, _gradient, _schedule.At(Step), Options.Partial is null ? null : i => layers.Trains(Layout.Tensors[i]));
        _lossSum += loss;
        _lossCount++;
        _spent += _clock.GetElapsedTime(begin);
    }

    /// <summary>The row of the log at this moment: evaluates the model on held-out data.</summary>
    public TrainingRow Row()
    {
        var tokens = (double)Step * Options.BatchTokens;
        var row = new TrainingRow(
            Step, tokens, Options.FlopsUntil(Step), _lossCount == 0 ? double.NaN : _lossSum / _lossCount, HeldOutLoss(),
            Step == 0 ? 0 : _schedule.At(Step - 1), _gradientNorm, _spent.TotalSeconds, Optimizer.Kept,
            _teacher is null ? null : new TeacherCost(TeacherFlops, _taught.TotalSeconds));
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
            _batches.Draw(ILanguage.HeldOut, batch * Options.Sequences);
            sum += _model.Loss(weights, _batches.Tokens, _batches.Targets);
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
        if (_teacher is not null)
            writer.Write(_taught.Ticks);
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
            if (_teacher is not null)
                _taught = TimeSpan.FromTicks(reader.ReadInt64());
            foreach (var values in Optimizer.State.Prepend(Weights))
                stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            if (Options.Partial is null)
            {
                Optimizer.Restore(step);
                return;
            }

            LayerRange[] before = [.. Enumerable.Range(0, step).Select(Options.LayersAt)];
            Optimizer.Restore(step, i => before.Count(layers => layers.Trains(Layout.Tensors[i])));
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("The checkpoint ends too early. Delete it to begin the run anew.");
        }
    }
}
