using System.Numerics;
using System.Runtime.InteropServices;

namespace ScalingDashboard.Numerics.Optimizers;

/// <summary>
/// An optimizer over the tensors of a model, which lie one after the other in one array of weights and one of gradients. The cautious form and decay are the same
/// wrapper around every rule.
/// </summary>
/// <typeparam name="T">Single or double precision.</typeparam>
public sealed class Optimizer<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerOptions _options;
    private readonly OptimizedTensor[] _tensors;
    private readonly UpdateRule<T>[] _rules;
    private readonly int[] _stepsOf;
    private readonly T[] _update;

    /// <param name="options">The rule and what is chosen about it.</param>
    /// <param name="tensors">In the order they lie.</param>
    public Optimizer(OptimizerOptions options, IEnumerable<OptimizedTensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _tensors = [.. tensors];
        _rules = [.. _tensors.Select(tensor => Rule(options, tensor))];
        _stepsOf = new int[_tensors.Length];
        _update = new T[_tensors.Max(tensor => tensor.Length)];
    }

    /// <summary>Steps made.</summary>
    public int Steps { get; private set; }

    /// <summary>Share of coordinates that the mask kept at the last step; 1 where there is no mask.</summary>
    public double Kept { get; private set; } = 1;

    /// <summary>Makes one step.</summary>
    /// <param name="weights">All weights, changed in place.</param>
    /// <param name="gradient">Their gradient.</param>
    /// <param name="learningRate">lr of this step.</param>
    /// <param name="trains">Whether the tensor at a position is trained by this step; one that is not keeps its weights and its state, and does not decay. Null for all.</param>
    public void Step(Span<T> weights, ReadOnlySpan<T> gradient, double learningRate, Func<int, bool>? trains = null)
    {
        Steps++;
        long kept = 0, masked = 0;
        var offset = 0;
        for (var i = 0; i < _tensors.Length; i++)
        {
            var length = _tensors[i].Length;
            var w = weights.Slice(offset, length);
            var g = gradient.Slice(offset, length);
            var u = _update.AsSpan(0, length);
            offset += length;
            if (trains?.Invoke(i) == false)
                continue;
            var step = ++_stepsOf[i];
            var rule = _rules[i];
            var masks = _options.Caution is not null && !rule.MasksItself;
            var agreed = 0;
            if (masks)
                agreed = rule.ProposeMasked(step, w, g, u);
            else
                rule.Propose(step, w, g, u);

            var scale = masks ? CautiousMask.Scale(_options.Caution!.Value, agreed, length) : 1;
            (kept, masked) = masks ? (kept + agreed, masked + length) : (kept, masked);

            var decays = _options.WeightDecay != 0 && !rule.DecaysItself;
            if (decays && _options.DecayOrder == DecayOrder.Before)
                Decay(w, u, learningRate);
            rule.Move(w, u, learningRate, scale);
            if (decays && _options.DecayOrder == DecayOrder.After)
                Decay(w, u, learningRate);
        }

        Kept = masked == 0 ? 1 : (double)kept / masked;
    }

    /// <summary>The weights to evaluate the model with: those given, or the average that a schedule-free rule keeps.</summary>
    public T[] Evaluated(T[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (Steps == 0 || Array.TrueForAll(_rules, rule => rule.Evaluated is null))
            return weights;
        var average = (T[])weights.Clone();
        var offset = 0;
        for (var i = 0; i < _tensors.Length; i++)
        {
            _rules[i].Evaluated?.CopyTo(average, offset);
            offset += _tensors[i].Length;
        }

        return average;
    }

    /// <summary>All that the rules remember, tensor after tensor; to be written to a checkpoint, and to be filled from one before <see cref="Restore"/>.</summary>
    public IEnumerable<T[]> State => _rules.SelectMany(rule => rule.State);

    /// <summary>Goes on behind a step, with the <see cref="State"/> it left.</summary>
    /// <param name="steps">Steps made.</param>
    /// <param name="trained">Of them, those that trained the tensor at a position; null for all.</param>
    public void Restore(int steps, Func<int, int>? trained = null)
    {
        Steps = steps;
        for (var i = 0; i < _stepsOf.Length; i++)
            _stepsOf[i] = trained?.Invoke(i) ?? steps;
    }

    // w ← (1 − lr·λ)w; cautious: only where u and w agree, which is where decay points along the step.
    private void Decay(Span<T> weights, ReadOnlySpan<T> update, double learningRate)
    {
        var keep = T.CreateChecked(1 - learningRate * _options.WeightDecay);
        if (!_options.CautiousDecay)
        {
            Elementwise.Scale(weights, keep);
            return;
        }

        var ws = MemoryMarshal.Cast<T, Vector<T>>(weights);
        var us = MemoryMarshal.Cast<T, Vector<T>>(update);
        for (var i = 0; i < ws.Length; i++)
            ws[i] = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(us[i] * ws[i], Vector<T>.Zero), ws[i] * keep, ws[i]);
        for (var i = ws.Length * Vector<T>.Count; i < weights.Length; i++)
        {
            if (update[i] * weights[i] >= T.Zero)
                weights[i] *= keep;
        }
    }

    private static UpdateRule<T> Rule(OptimizerOptions options, OptimizedTensor tensor) => options.Rule switch
    {
        OptimizerRule.Sgd => new SgdRule<T>(options, tensor),
        OptimizerRule.Lion => new LionRule<T>(options, tensor),
        OptimizerRule.Adafactor => new AdafactorRule<T>(options, tensor),
        OptimizerRule.Muon when tensor.IsHiddenMatrix => new MuonRule<T>(options, tensor),
        OptimizerRule.Soap when tensor.IsHiddenMatrix => new SoapRule<T>(options, tensor),
        OptimizerRule.ScheduleFreeAdamW => new ScheduleFreeAdamWRule<T>(options, tensor),
        _ => new AdamRule<T>(options, tensor),
    };
}
