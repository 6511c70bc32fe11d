using System.Numerics.Tensors;

namespace ScalingDashboard.Lab.Transformers;

/// <summary>
/// The loss of a decoder-only transformer and its gradient, for batches of equal sequences. Single precision, its own backward pass; the same bits for
/// any number of threads. Not for two threads at once: it keeps the numbers between forward and backward.
/// </summary>
public sealed class Transformer
{
    /// <summary>Queries that are handled together, so that about half of the keys that the mask hides cost nothing.</summary>
    private const int QueryBlock = 32;

    private const float NormEpsilon = 1e-5f;

    private readonly TransformerShape _shape;
    private readonly WeightLayout _layout;
    private readonly TrainingBits _bits;
    private readonly int _sequences;
    private readonly int _rows;
    private readonly int _threads;
    private readonly Block[] _blocks;
    private readonly float[] _stream;
    private readonly float[] _final;
    private readonly float[] _finalScale;
    private readonly float[] _finalMean;
    private readonly float[] _logits;
    private readonly float[]? _quantized;
    private readonly float[] _cosines;
    private readonly float[] _sines;

    // Gradients on their way back; reused by every block.
    private readonly float[] _streamGradient;
    private readonly float[] _normedGradient;
    private readonly float[] _queryGradient;
    private readonly float[] _keyGradient;
    private readonly float[] _valueGradient;
    private readonly float[] _innerGradient;
    private readonly float[] _gateGradient;
    private readonly float[][] _attentionScratch;
    private readonly double[] _rowLosses;

    /// <param name="layout">Where the weights lie.</param>
    /// <param name="sequences">Sequences of a batch.</param>
    /// <param name="bits">Precision of the forward pass.</param>
    /// <param name="threads">Threads to use; the result does not depend on it.</param>
    public Transformer(WeightLayout layout, int sequences, TrainingBits? bits = null, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _layout = layout;
        _shape = layout.Shape;
        _bits = bits ?? TrainingBits.Full;
        _sequences = sequences;
        _rows = sequences * _shape.Context;
        _threads = threads;
        _blocks = [.. layout.Blocks.Select(_ => new Block(_shape, _rows, sequences))];
        _stream = new float[_rows * _shape.Width];
        _final = new float[_rows * _shape.Width];
        _finalScale = new float[_rows];
        _finalMean = new float[_rows];
        _logits = new float[_rows * _shape.Vocabulary];
        _quantized = _bits.Weights is null ? null : new float[layout.Length];
        _streamGradient = new float[_rows * _shape.Width];
        _normedGradient = new float[_rows * _shape.Width];
        _queryGradient = new float[_rows * _shape.Width];
        _keyGradient = new float[_rows * _shape.Width];
        _valueGradient = new float[_rows * _shape.Width];
        _innerGradient = new float[_rows * _shape.FeedForwardWidth];
        _gateGradient = _shape.FeedForward == FeedForwardKind.SwiGlu ? new float[_rows * _shape.FeedForwardWidth] : [];
        _attentionScratch = [.. Enumerable.Range(0, threads).Select(_ => new float[QueryBlock * _shape.Context])];
        _rowLosses = new double[_rows];
        (_cosines, _sines) = Angles(_shape);
    }

    /// <summary>Tokens of a batch: sequences × context.</summary>
    public int Rows => _rows;

    /// <summary>Loss of each token of the batch just computed, nats.</summary>
    internal ReadOnlySpan<double> RowLosses => _rowLosses;

    /// <summary>Mean loss, nats a token.</summary>
    /// <param name="weights">As <see cref="WeightLayout"/> lays them out.</param>
    /// <param name="tokens">Sequence after sequence, <see cref="Rows"/> of them.</param>
    /// <param name="targets">The token that follows each.</param>
    public double Loss(float[] weights, ReadOnlySpan<int> tokens, ReadOnlySpan<int> targets)
    {
        Forward(weights, tokens);
        return CrossEntropy(targets, withGradient: false);
    }

    /// <summary>Mean loss, nats a token, and its gradient, which replaces what <paramref name="gradient"/> held.</summary>
    /// <param name="weights">As <see cref="WeightLayout"/> lays them out.</param>
    /// <param name="tokens">Sequence after sequence.</param>
    /// <param name="targets">The token that follows each.</param>
    /// <param name="gradient">To be filled; zero for what is not trained.</param>
    /// <param name="layers">The layers that take part and are trained; null for all.</param>
    public double LossAndGradient(float[] weights, ReadOnlySpan<int> tokens, ReadOnlySpan<int> targets, float[] gradient, LayerRange? layers = null)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        var range = layers ?? new LayerRange(0, _blocks.Length);
        Forward(weights, tokens, range.End);
        var loss = CrossEntropy(targets, withGradient: true);
        Array.Clear(gradient);
        Backward(weights, tokens, gradient, range);
        return loss;
    }

    /// <summary>
    /// Mean loss and mean KL(teacher ‖ student), nats a token, and the gradient of (1 − α)·loss + α·τ²·KL, which replaces what <paramref name="gradient"/> held.
    /// </summary>
    /// <param name="weights">As <see cref="WeightLayout"/> lays them out.</param>
    /// <param name="tokens">Sequence after sequence.</param>
    /// <param name="targets">The token that follows each.</param>
    /// <param name="gradient">To be filled.</param>
    /// <param name="teacher">The teacher's <see cref="Logits"/> of the same tokens.</param>
    /// <param name="share">α.</param>
    /// <param name="temperature">τ: both distributions are of logits divided by it.</param>
    public (double Loss, double Divergence) LossAndGradient(
        float[] weights, ReadOnlySpan<int> tokens, ReadOnlySpan<int> targets, float[] gradient, ReadOnlySpan<float> teacher, double share, double temperature)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        Forward(weights, tokens);
        var result = Distill(targets, teacher, share, temperature);
        Array.Clear(gradient);
        Backward(weights, tokens, gradient, new LayerRange(0, _blocks.Length));
        return result;
    }

    /// <summary>Logits of the next token, one row of the vocabulary a token; good until the next call.</summary>
    /// <inheritdoc cref="Loss" path="/param"/>
    public ReadOnlySpan<float> Logits(float[] weights, ReadOnlySpan<int> tokens)
    {
        Forward(weights, tokens);
        return _logits;
    }

    /// <summary>Mean KL(teacher ‖ this model), nats a token.</summary>
    /// <param name="weights">As <see cref="WeightLayout"/> lays them out.</param>
    /// <param name="tokens">Sequence after sequence.</param>
    /// <param name="teacher">The teacher's <see cref="Logits"/> of the same tokens.</param>
    public double Divergence(float[] weights, ReadOnlySpan<int> tokens, ReadOnlySpan<float> teacher)
    {
        Forward(weights, tokens);
        return Distill(tokens, teacher, share: 1, temperature: 1).Divergence;
    }

    private void Forward(float[] weights, ReadOnlySpan<int> tokens) => Forward(weights, tokens, _blocks.Length);

    private void Forward(float[] weights, ReadOnlySpan<int> tokens, int layers)
    {
        if (tokens.Length != _rows)
            throw new ArgumentException($"{tokens.Length} tokens; this model takes {_rows}.", nameof(tokens));
        var maps = Maps(weights);
        var width = _shape.Width;
        var embedding = weights.AsSpan(_layout.Embedding.Offset);
        for (var row = 0; row < _rows; row++)
        {
            var target = _stream.AsSpan(row * width, width);
            embedding.Slice(tokens[row] * width, width).CopyTo(target);
            if (_layout.Positions is { } positions)
                TensorPrimitives.Add(target, weights.AsSpan(positions.Offset + row % _shape.Context * width, width), target);
        }

        for (var layer = 0; layer < layers; layer++)
        {
            var block = _blocks[layer];
            var tensors = _layout.Blocks[layer];
            _stream.CopyTo(block.Input.AsSpan());
            Normalize(weights, tensors.AttentionNorm, block.Input, block.AttentionNormed, block.AttentionScale, block.AttentionMean);
            QuantizeInput(block.AttentionNormed);
            Linear(maps, weights, tensors.Query, block.AttentionNormed, block.Query);
            Linear(maps, weights, tensors.Key, block.AttentionNormed, block.Key);
            Linear(maps, weights, tensors.Value, block.AttentionNormed, block.Value);
            Rotate(block.Query, backward: false);
            Rotate(block.Key, backward: false);
            if (_bits.KeysAndValues is { } cacheBits)
            {
                FakeQuantization.Round(block.Key, cacheBits);
                FakeQuantization.Round(block.Value, cacheBits);
            }

            Attend(block);
            QuantizeInput(block.Mixed);
            Linear(maps, weights, tensors.AttentionOutput, block.Mixed, _normedGradient);
            TensorPrimitives.Add(block.Input, _normedGradient, block.Middle.AsSpan());

            Normalize(weights, tensors.FeedForwardNorm, block.Middle, block.FeedForwardNormed, block.FeedForwardScale, block.FeedForwardMean);
            QuantizeInput(block.FeedForwardNormed);
            Linear(maps, weights, tensors.FeedForwardIn, block.FeedForwardNormed, block.Inner);
            if (tensors.FeedForwardGate is { } gate)
                Linear(maps, weights, gate, block.FeedForwardNormed, block.Gate);
            ForParts(block.Inner.Length, (from, count) =>
            {
                if (block.Gate.Length > 0)
                    Activations.SwiGlu(block.Inner.AsSpan(from, count), block.Gate.AsSpan(from, count), block.Activated.AsSpan(from, count));
                else
                    Activations.Gelu(block.Inner.AsSpan(from, count), block.Activated.AsSpan(from, count));
            });
            QuantizeInput(block.Activated);
            Linear(maps, weights, tensors.FeedForwardOut, block.Activated, _normedGradient);
            TensorPrimitives.Add(block.Middle, _normedGradient, _stream.AsSpan());
        }

        Normalize(weights, _layout.FinalNorm, _stream, _final, _finalScale, _finalMean);
        MatrixProduct.Multiply(
            new MatrixView(_final, 0, _rows, width),
            new MatrixView(weights, _layout.Head.Offset, _shape.Vocabulary, width).Transposed,
            new MatrixView(_logits, 0, _rows, _shape.Vocabulary),
            threads: _threads);
    }

    /// <summary>The weights that the linear maps of the forward pass see.</summary>
    private float[] Maps(float[] weights)
    {
        if (_quantized is null)
            return weights;
        foreach (var tensor in _layout.Tensors)
        {
            if (tensor.Kind != TensorKind.Matrix)
                continue;
            var copy = _quantized.AsSpan(tensor.Offset, tensor.Length);
            weights.AsSpan(tensor.Offset, tensor.Length).CopyTo(copy);
            FakeQuantization.RoundRows(copy, tensor.Columns, _bits.Weights!.Value);
        }

        return _quantized;
    }

    private void QuantizeInput(float[] values)
    {
        if (_bits.Activations is { } bits)
            FakeQuantization.Round(values, bits);
    }

    private void Linear(float[] maps, float[] weights, LinearTensors tensors, float[] input, float[] output)
    {
        var matrix = tensors.Matrix;
        MatrixProduct.Multiply(
            new MatrixView(input, 0, _rows, matrix.Columns),
            new MatrixView(maps, matrix.Offset, matrix.Rows, matrix.Columns).Transposed,
            new MatrixView(output, 0, _rows, matrix.Rows),
            threads: _threads);
        if (tensors.Bias is not { } bias)
            return;
        for (var row = 0; row < _rows; row++)
        {
            var target = output.AsSpan(row * matrix.Rows, matrix.Rows);
            TensorPrimitives.Add(target, weights.AsSpan(bias.Offset, bias.Length), target);
        }
    }

    // y = (x − m)·s·g (+ b), s = 1/√(mean (x − m)² + ε), m the mean for a layer norm and 0 for RMS norm.
    private void Normalize(float[] weights, NormTensors norm, float[] input, float[] output, float[] scales, float[] means)
    {
        var width = _shape.Width;
        ForRows((first, end) =>
        {
            var gain = weights.AsSpan(norm.Gain.Offset, width);
            for (var row = first; row < end; row++)
            {
                var x = input.AsSpan(row * width, width);
                var y = output.AsSpan(row * width, width);
                if (norm.Shift is not null)
                {
                    means[row] = TensorPrimitives.Sum<float>(x) / width;
                    TensorPrimitives.Subtract(x, means[row], y);
                }
                else
                {
                    x.CopyTo(y);
                }

                scales[row] = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(y) / width + NormEpsilon);
                TensorPrimitives.Multiply(y, scales[row], y);
                TensorPrimitives.Multiply(y, gain, y);
                if (norm.Shift is { } shift)
                    TensorPrimitives.Add(y, weights.AsSpan(shift.Offset, width), y);
            }
        });
    }

    // With x̂ = (x − m)·s and h = g ∘ dy: dx = s·(h − x̂·mean(h ∘ x̂) − mean(h)), the last term for a layer norm only; dg = Σ dy ∘ x̂, db = Σ dy.
    /// <summary>Adds the gradient through a norm to <paramref name="inputGradient"/>.</summary>
    private void NormalizeBackward(
        float[] weights, NormTensors norm, float[] input, float[] scales, float[] means, float[] outputGradient, float[] inputGradient, float[] gradient)
    {
        var width = _shape.Width;
        var gainGradient = gradient.AsSpan(norm.Gain.Offset, width);
        Span<float> hat = new float[width];
        for (var row = 0; row < _rows; row++)
        {
            Hat(input.AsSpan(row * width, width), scales[row], means[row], norm, hat);
            TensorPrimitives.MultiplyAdd(outputGradient.AsSpan(row * width, width), hat, gainGradient, gainGradient);
            if (norm.Shift is { } shift)
                TensorPrimitives.Add(gradient.AsSpan(shift.Offset, width), outputGradient.AsSpan(row * width, width), gradient.AsSpan(shift.Offset, width));
        }

        ForRows((first, end) =>
        {
            Span<float> hat = new float[width];
            Span<float> h = new float[width];
            for (var row = first; row < end; row++)
            {
                Hat(input.AsSpan(row * width, width), scales[row], means[row], norm, hat);
                TensorPrimitives.Multiply(outputGradient.AsSpan(row * width, width), weights.AsSpan(norm.Gain.Offset, width), h);
                var along = TensorPrimitives.Dot<float>(h, hat) / width;
                var mean = norm.Shift is null ? 0 : TensorPrimitives.Sum<float>(h) / width;
                TensorPrimitives.MultiplyAdd(hat, -along, h, h);
                TensorPrimitives.Subtract(h, mean, h);
                var target = inputGradient.AsSpan(row * width, width);
                TensorPrimitives.MultiplyAdd(h, scales[row], target, target);
            }
        });
    }

    private static void Hat(ReadOnlySpan<float> x, float scale, float mean, NormTensors norm, Span<float> hat)
    {
        if (norm.Shift is null)
        {
            TensorPrimitives.Multiply(x, scale, hat);
            return;
        }

        TensorPrimitives.Subtract(x, mean, hat);
        TensorPrimitives.Multiply(hat, scale, hat);
    }

    private void Attend(Block block) => ForHeads((sequence, head, _) =>
    {
        var context = _shape.Context;
        var (query, key, value, mixed) = (Head(block.Query, sequence, head), Head(block.Key, sequence, head), Head(block.Value, sequence, head), Head(block.Mixed, sequence, head));
        var scale = 1 / MathF.Sqrt(_shape.HeadWidth);
        for (var first = 0; first < context; first += QueryBlock)
        {
            var count = Math.Min(QueryBlock, context - first);
            var keys = first + count;
            var shares = Shares(block, sequence, head, first, count, keys);
            MatrixProduct.Multiply(query.Slice(first, count), key.Slice(0, keys).Transposed, shares);
            for (var i = 0; i < count; i++)
            {
                var row = block.Shares.AsSpan(shares.Offset + i * shares.RowStride, keys);
                var seen = row[..(first + i + 1)];
                row[(first + i + 1)..].Clear();
                // Softmax of scale·(q·k), the largest taken off before the exponential.
                TensorPrimitives.Subtract(seen, TensorPrimitives.Max<float>(seen), seen);
                TensorPrimitives.Multiply(seen, scale, seen);
                TensorPrimitives.Exp<float>(seen, seen);
                TensorPrimitives.Multiply(seen, 1 / TensorPrimitives.Sum<float>(seen), seen);
            }

            MatrixProduct.Multiply(shares, value.Slice(0, keys), mixed.Slice(first, count));
        }
    });

    // With P the shares and O = P·V: dV = Pᵀ·dO, dP = dO·Vᵀ, dS = scale·P ∘ (dP − rowsum(P ∘ dP)), dQ = dS·K, dK = dSᵀ·Q.
    private void AttendBackward(Block block, float[] mixedGradient) => ForHeads((sequence, head, scratch) =>
    {
        var context = _shape.Context;
        var (query, key, value, mixed) = (Head(block.Query, sequence, head), Head(block.Key, sequence, head), Head(block.Value, sequence, head), Head(mixedGradient, sequence, head));
        var (dQuery, dKey, dValue) = (Head(_queryGradient, sequence, head), Head(_keyGradient, sequence, head), Head(_valueGradient, sequence, head));
        var scale = 1 / MathF.Sqrt(_shape.HeadWidth);
        // The last block first: it is the one that reaches every key, so that the others can add to it.
        for (var first = (context - 1) / QueryBlock * QueryBlock; first >= 0; first -= QueryBlock)
        {
            var count = Math.Min(QueryBlock, context - first);
            var keys = first + count;
            var add = keys < context;
            var shares = Shares(block, sequence, head, first, count, keys);
            var slopes = new MatrixView(scratch, 0, count, keys);
            MatrixProduct.Multiply(shares.Transposed, mixed.Slice(first, count), dValue.Slice(0, keys), add);
            MatrixProduct.Multiply(mixed.Slice(first, count), value.Slice(0, keys).Transposed, slopes);
            for (var i = 0; i < count; i++)
            {
                var share = block.Shares.AsSpan(shares.Offset + i * shares.RowStride, keys);
                var slope = scratch.AsSpan(i * keys, keys);
                TensorPrimitives.Subtract(slope, TensorPrimitives.Dot<float>(share, slope), slope);
                TensorPrimitives.Multiply(slope, share, slope);
                TensorPrimitives.Multiply(slope, scale, slope);
            }

            MatrixProduct.Multiply(slopes, key.Slice(0, keys), dQuery.Slice(first, count));
            MatrixProduct.Multiply(slopes.Transposed, query.Slice(first, count), dKey.Slice(0, keys), add);
        }
    });

    private double CrossEntropy(ReadOnlySpan<int> targets, bool withGradient)
    {
        if (targets.Length != _rows)
            throw new ArgumentException($"{targets.Length} targets; this model takes {_rows}.", nameof(targets));
        var wanted = targets.ToArray();
        var vocabulary = _shape.Vocabulary;
        ForRows((first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                var logits = _logits.AsSpan(row * vocabulary, vocabulary);
                TensorPrimitives.Subtract(logits, TensorPrimitives.Max<float>(logits), logits);
                var chosen = logits[wanted[row]];
                TensorPrimitives.Exp<float>(logits, logits);
                var sum = TensorPrimitives.Sum<float>(logits);
                // −ln softmax = ln Σ exp − logit
                _rowLosses[row] = Math.Log(sum) - chosen;
                if (!withGradient)
                    continue;
                // d(mean loss)/d(logit) = (softmax − 1[target]) / rows
                TensorPrimitives.Multiply(logits, 1 / (sum * _rows), logits);
                logits[wanted[row]] -= 1f / _rows;
            }
        });
        return _rowLosses.Sum() / _rows;
    }

    // With p = softmax(z), q = softmax(z/τ) and t the teacher's softmax(·/τ), the gradient of (1 − α)·CE + α·τ²·Σ t·ln(t/q)
    // with respect to the logits z is (1 − α)(p − 1[target]) + α·τ·(q − t). Hinton, Vinyals and Dean 2015, arXiv 1503.02531, equation 2.
    private (double Loss, double Divergence) Distill(ReadOnlySpan<int> targets, ReadOnlySpan<float> teacher, double share, double temperature)
    {
        if (targets.Length != _rows || teacher.Length != _logits.Length)
            throw new ArgumentException($"{targets.Length} targets and {teacher.Length} logits of a teacher; this model takes {_rows} and {_logits.Length}.", nameof(targets));
        var wanted = targets.ToArray();
        var taught = teacher.ToArray();
        var divergences = new double[_rows];
        var vocabulary = _shape.Vocabulary;
        var cool = (float)(1 / temperature);
        ForRows((first, end) =>
        {
            var soft = new float[vocabulary];
            for (var row = first; row < end; row++)
            {
                var logits = _logits.AsSpan(row * vocabulary, vocabulary);
                var target = taught.AsSpan(row * vocabulary, vocabulary);
                TensorPrimitives.Multiply(logits, cool, soft);
                TensorPrimitives.Multiply(target, cool, target);
                var (teacherLog, softLog) = (LogSumExp(target), LogSumExp(soft));
                var loss = LogSumExp(logits);
                _rowLosses[row] = loss - logits[wanted[row]];
                for (var i = 0; i < vocabulary; i++)
                {
                    var t = Math.Exp(target[i] - teacherLog);
                    divergences[row] += t * (target[i] - teacherLog - soft[i] + softLog);
                    logits[i] = (float)(((1 - share) * Math.Exp(logits[i] - loss) + share * temperature * (Math.Exp(soft[i] - softLog) - t)) / _rows);
                }

                logits[wanted[row]] -= (float)((1 - share) / _rows);
            }
        });
        return (_rowLosses.Sum() / _rows, divergences.Sum() / _rows);
    }

    private static double LogSumExp(ReadOnlySpan<float> values)
    {
        var largest = TensorPrimitives.Max(values);
        var sum = 0.0;
        foreach (var value in values)
            sum += Math.Exp(value - largest);
        return largest + Math.Log(sum);
    }

    private void Backward(float[] weights, ReadOnlySpan<int> tokens, float[] gradient, LayerRange range)
    {
        var maps = _quantized ?? weights;
        var width = _shape.Width;
        var logits = new MatrixView(_logits, 0, _rows, _shape.Vocabulary);
        if (range.Trains(_layout.Head))
            MatrixProduct.Multiply(logits.Transposed, new MatrixView(_final, 0, _rows, width), new MatrixView(gradient, _layout.Head.Offset, _shape.Vocabulary, width), threads: _threads);
        MatrixProduct.Multiply(logits, new MatrixView(weights, _layout.Head.Offset, _shape.Vocabulary, width), new MatrixView(_normedGradient, 0, _rows, width), threads: _threads);
        Array.Clear(_streamGradient);
        NormalizeBackward(weights, _layout.FinalNorm, _stream, _finalScale, _finalMean, _normedGradient, _streamGradient, gradient);

        for (var layer = range.End - 1; layer >= range.From; layer--)
        {
            var block = _blocks[layer];
            var tensors = _layout.Blocks[layer];

            LinearBackward(maps, tensors.FeedForwardOut, block.Activated, _streamGradient, _innerGradient, false, gradient);
            ForParts(_innerGradient.Length, (from, count) =>
            {
                var dActivated = _innerGradient.AsSpan(from, count);
                if (block.Gate.Length == 0)
                {
                    Activations.GeluBackward(block.Inner.AsSpan(from, count), dActivated, dActivated);
                    return;
                }

                // The gate's gradient first goes where the activation was, which nobody needs any more.
                var dInner = block.Activated.AsSpan(from, count);
                Activations.SwiGluBackward(block.Inner.AsSpan(from, count), block.Gate.AsSpan(from, count), dActivated, dInner, _gateGradient.AsSpan(from, count));
                dInner.CopyTo(dActivated);
            });
            LinearBackward(maps, tensors.FeedForwardIn, block.FeedForwardNormed, _innerGradient, _normedGradient, false, gradient);
            if (tensors.FeedForwardGate is { } gate)
                LinearBackward(maps, gate, block.FeedForwardNormed, _gateGradient, _normedGradient, true, gradient);
            NormalizeBackward(weights, tensors.FeedForwardNorm, block.Middle, block.FeedForwardScale, block.FeedForwardMean, _normedGradient, _streamGradient, gradient);

            LinearBackward(maps, tensors.AttentionOutput, block.Mixed, _streamGradient, _normedGradient, false, gradient);
            AttendBackward(block, _normedGradient);
            Rotate(_queryGradient, backward: true);
            Rotate(_keyGradient, backward: true);
            LinearBackward(maps, tensors.Query, block.AttentionNormed, _queryGradient, _normedGradient, false, gradient);
            LinearBackward(maps, tensors.Key, block.AttentionNormed, _keyGradient, _normedGradient, true, gradient);
            LinearBackward(maps, tensors.Value, block.AttentionNormed, _valueGradient, _normedGradient, true, gradient);
            NormalizeBackward(weights, tensors.AttentionNorm, block.Input, block.AttentionScale, block.AttentionMean, _normedGradient, _streamGradient, gradient);
        }

        if (range.From > 0)
            return;
        for (var row = 0; row < _rows; row++)
        {
            var source = _streamGradient.AsSpan(row * width, width);
            var target = gradient.AsSpan(_layout.Embedding.Offset + tokens[row] * width, width);
            TensorPrimitives.Add(target, source, target);
            if (_layout.Positions is not { } positions)
                continue;
            target = gradient.AsSpan(positions.Offset + row % _shape.Context * width, width);
            TensorPrimitives.Add(target, source, target);
        }
    }

    // y = W·x + b: dx = Wᵀ·dy, dW = dy·xᵀ, db = dy, summed over the rows of the batch.
    private void LinearBackward(float[] maps, LinearTensors tensors, float[] input, float[] outputGradient, float[] inputGradient, bool add, float[] gradient)
    {
        var matrix = tensors.Matrix;
        var dOutput = new MatrixView(outputGradient, 0, _rows, matrix.Rows);
        MatrixProduct.Multiply(dOutput.Transposed, new MatrixView(input, 0, _rows, matrix.Columns), new MatrixView(gradient, matrix.Offset, matrix.Rows, matrix.Columns), threads: _threads);
        MatrixProduct.Multiply(dOutput, new MatrixView(maps, matrix.Offset, matrix.Rows, matrix.Columns), new MatrixView(inputGradient, 0, _rows, matrix.Columns), add, _threads);
        if (tensors.Bias is not { } bias)
            return;
        var target = gradient.AsSpan(bias.Offset, bias.Length);
        for (var row = 0; row < _rows; row++)
            TensorPrimitives.Add(target, outputGradient.AsSpan(row * matrix.Rows, matrix.Rows), target);
    }

    // Of each head's vector the numbers i and i + half turn together, by the angle position·10000^(−2i/width of the head); backward the other way.
    private void Rotate(float[] vectors, bool backward)
    {
        if (_shape.Positions != PositionKind.Rotary)
            return;
        var half = _shape.HeadWidth / 2;
        ForRows((first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                var cosines = _cosines.AsSpan(row % _shape.Context * half, half);
                var sines = _sines.AsSpan(row % _shape.Context * half, half);
                for (var head = 0; head < _shape.Heads; head++)
                {
                    var low = vectors.AsSpan(row * _shape.Width + head * _shape.HeadWidth, half);
                    var high = vectors.AsSpan(row * _shape.Width + head * _shape.HeadWidth + half, half);
                    for (var i = 0; i < half; i++)
                    {
                        var sine = backward ? -sines[i] : sines[i];
                        (low[i], high[i]) = (low[i] * cosines[i] - high[i] * sine, low[i] * sine + high[i] * cosines[i]);
                    }
                }
            }
        });
    }

    private static (float[] Cosines, float[] Sines) Angles(TransformerShape shape)
    {
        if (shape.Positions != PositionKind.Rotary)
            return ([], []);
        var half = shape.HeadWidth / 2;
        var cosines = new float[shape.Context * half];
        var sines = new float[shape.Context * half];
        for (var position = 0; position < shape.Context; position++)
        {
            for (var i = 0; i < half; i++)
            {
                var angle = position * Math.Pow(10_000, -2.0 * i / shape.HeadWidth);
                cosines[position * half + i] = (float)Math.Cos(angle);
                sines[position * half + i] = (float)Math.Sin(angle);
            }
        }

        return (cosines, sines);
    }

    private MatrixView Head(float[] vectors, int sequence, int head) =>
        new MatrixView(vectors, sequence * _shape.Context * _shape.Width, _shape.Context, _shape.Width).SliceColumns(head * _shape.HeadWidth, _shape.HeadWidth);

    private MatrixView Shares(Block block, int sequence, int head, int first, int count, int keys) =>
        new MatrixView(block.Shares, (sequence * _shape.Heads + head) * _shape.Context * _shape.Context, _shape.Context, _shape.Context).Slice(first, count).SliceColumns(0, keys);

    private void ForHeads(Action<int, int, float[]> body)
    {
        var heads = _sequences * _shape.Heads;
        InParts(heads, (first, end, part) =>
        {
            for (var i = first; i < end; i++)
                body(i / _shape.Heads, i % _shape.Heads, _attentionScratch[part]);
        });
    }

    private void ForRows(Action<int, int> body) => InParts(_rows, (first, end, _) => body(first, end));

    private void ForParts(int length, Action<int, int> body) => InParts(length, (first, end, _) => body(first, end - first));

    private void InParts(int count, Action<int, int, int> body)
    {
        if (_threads == 1)
        {
            body(0, count, 0);
            return;
        }

        Parallel.For(0, _threads, new ParallelOptions { MaxDegreeOfParallelism = _threads }, part =>
            body((int)((long)count * part / _threads), (int)((long)count * (part + 1) / _threads), part));
    }

    /// <summary>What a block keeps from the forward pass; vectors row by row, one row a token of the batch.</summary>
    private sealed class Block(TransformerShape shape, int rows, int sequences)
    {
        public readonly float[] Input = new float[rows * shape.Width];
        public readonly float[] AttentionNormed = new float[rows * shape.Width];
        public readonly float[] AttentionScale = new float[rows];
        public readonly float[] AttentionMean = new float[rows];
        public readonly float[] Query = new float[rows * shape.Width];
        public readonly float[] Key = new float[rows * shape.Width];
        public readonly float[] Value = new float[rows * shape.Width];

        /// <summary>Softmax of the scores: a context × context matrix for each head of each sequence.</summary>
        public readonly float[] Shares = new float[sequences * shape.Heads * shape.Context * shape.Context];
        public readonly float[] Mixed = new float[rows * shape.Width];
        public readonly float[] Middle = new float[rows * shape.Width];
        public readonly float[] FeedForwardNormed = new float[rows * shape.Width];
        public readonly float[] FeedForwardScale = new float[rows];
        public readonly float[] FeedForwardMean = new float[rows];
        public readonly float[] Inner = new float[rows * shape.FeedForwardWidth];
        public readonly float[] Gate = shape.FeedForward == FeedForwardKind.SwiGlu ? new float[rows * shape.FeedForwardWidth] : [];
        public readonly float[] Activated = new float[rows * shape.FeedForwardWidth];
    }
}
