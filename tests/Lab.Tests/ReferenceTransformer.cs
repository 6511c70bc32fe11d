using ScalingDashboard.Lab.Transformers;

namespace ScalingDashboard.Lab.Tests;

/// <summary>The loss of a transformer once more, in double precision and plain loops, straight from the formulas: what the fast one is checked against.</summary>
internal sealed class ReferenceTransformer(WeightLayout layout, TrainingBits bits)
{
    private readonly TransformerShape _shape = layout.Shape;

    public double Loss(double[] weights, int[] tokens, int[] targets)
    {
        var sequences = tokens.Length / _shape.Context;
        var rows = new List<double[]>();
        for (var row = 0; row < tokens.Length; row++)
        {
            var x = Row(weights, "embedding", tokens[row]);
            if (_shape.Positions == PositionKind.Learned)
                x = Add(x, Row(weights, "positions", row % _shape.Context));
            rows.Add(x);
        }

        for (var layer = 0; layer < _shape.Layers; layer++)
        {
            var block = FormattableString.Invariant($"block{layer}.");
            var normed = Quantized(rows.ConvertAll(x => Norm(weights, block + "attention_norm", x)), bits.Activations);
            var query = Rotated(Linear(weights, block + "query", normed));
            var key = Quantized(Rotated(Linear(weights, block + "key", normed)), bits.KeysAndValues);
            var value = Quantized(Linear(weights, block + "value", normed), bits.KeysAndValues);
            var mixed = rows.ConvertAll(_ => new double[_shape.Width]);
            for (var sequence = 0; sequence < sequences; sequence++)
            {
                for (var head = 0; head < _shape.Heads; head++)
                {
                    for (var i = 0; i < _shape.Context; i++)
                    {
                        var at = sequence * _shape.Context + i;
                        var scores = new double[i + 1];
                        for (var j = 0; j <= i; j++)
                            scores[j] = Part(query[at], head).Zip(Part(key[at - i + j], head), (q, k) => q * k).Sum() / Math.Sqrt(_shape.HeadWidth);
                        var shares = Softmax(scores);
                        for (var j = 0; j <= i; j++)
                        {
                            for (var k = 0; k < _shape.HeadWidth; k++)
                                mixed[at][head * _shape.HeadWidth + k] += shares[j] * value[at - i + j][head * _shape.HeadWidth + k];
                        }
                    }
                }
            }

            rows = Add(rows, Linear(weights, block + "attention_output", Quantized(mixed, bits.Activations)));
            normed = Quantized(rows.ConvertAll(x => Norm(weights, block + "feed_forward_norm", x)), bits.Activations);
            var inner = Linear(weights, block + "feed_forward_in", normed);
            var activated = _shape.FeedForward == FeedForwardKind.SwiGlu
                ? [.. inner.Zip(Linear(weights, block + "feed_forward_gate", normed), (x, z) => x.Zip(z, (a, b) => a / (1 + Math.Exp(-a)) * b).ToArray())]
                : inner.ConvertAll(x => x.Select(a => 0.5 * a * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (a + 0.044715 * a * a * a)))).ToArray());
            rows = Add(rows, Linear(weights, block + "feed_forward_out", Quantized(activated, bits.Activations)));
        }

        var loss = 0.0;
        for (var row = 0; row < tokens.Length; row++)
        {
            var x = Norm(weights, "final_norm", rows[row]);
            var logits = Enumerable.Range(0, _shape.Vocabulary).Select(token => Row(weights, _shape.TiedHead ? "embedding" : "head", token).Zip(x, (a, b) => a * b).Sum()).ToArray();
            loss -= Math.Log(Softmax(logits)[targets[row]]) / tokens.Length;
        }

        return loss;
    }

    private WeightTensor? Find(string name) => layout.Tensors.SingleOrDefault(tensor => tensor.Name == name);

    private double[] Row(double[] weights, string name, int row)
    {
        var tensor = Find(name)!;
        return weights[(tensor.Offset + row * tensor.Columns)..(tensor.Offset + (row + 1) * tensor.Columns)];
    }

    private double[] Norm(double[] weights, string name, double[] x)
    {
        var mean = _shape.Norm == NormKind.Layer ? x.Average() : 0;
        var scale = 1 / Math.Sqrt(x.Average(a => (a - mean) * (a - mean)) + 1e-5);
        var gain = Row(weights, name + "_gain", 0);
        var shift = _shape.Norm == NormKind.Layer ? Row(weights, name + "_shift", 0) : new double[x.Length];
        return [.. x.Select((a, i) => (a - mean) * scale * gain[i] + shift[i])];
    }

    private List<double[]> Linear(double[] weights, string name, List<double[]> inputs)
    {
        var tensor = Find(name)!;
        var matrix = Enumerable.Range(0, tensor.Rows).Select(row => Row(weights, name, row)).ToList();
        if (bits.Weights is { } weightBits)
            matrix = matrix.ConvertAll(row => Quantized([row], weightBits)[0]);
        var bias = Find(name + "_bias") is null ? new double[tensor.Rows] : Row(weights, name + "_bias", 0);
        return inputs.ConvertAll(x => matrix.Select((row, i) => row.Zip(x, (a, b) => a * b).Sum() + bias[i]).ToArray());
    }

    private List<double[]> Rotated(List<double[]> vectors)
    {
        if (_shape.Positions != PositionKind.Rotary)
            return vectors;
        var half = _shape.HeadWidth / 2;
        return [.. vectors.Select((x, row) =>
        {
            var y = (double[])x.Clone();
            for (var head = 0; head < _shape.Heads; head++)
            {
                for (var i = 0; i < half; i++)
                {
                    var angle = row % _shape.Context * Math.Pow(10_000, -2.0 * i / _shape.HeadWidth);
                    var (low, high) = (head * _shape.HeadWidth + i, head * _shape.HeadWidth + half + i);
                    y[low] = x[low] * Math.Cos(angle) - x[high] * Math.Sin(angle);
                    y[high] = x[low] * Math.Sin(angle) + x[high] * Math.Cos(angle);
                }
            }

            return y;
        })];
    }

    private double[] Part(double[] x, int head) => x[(head * _shape.HeadWidth)..((head + 1) * _shape.HeadWidth)];

    private static List<double[]> Quantized(List<double[]> values, int? bits)
    {
        if (bits is null)
            return values;
        var largest = values.Max(x => x.Max(Math.Abs));
        var levels = Math.Pow(2, bits.Value - 1);
        return values.ConvertAll(x => x.Select(a => Math.Clamp(Math.Round(a / largest * levels), -levels, levels - 1) * largest / levels).ToArray());
    }

    private static double[] Softmax(double[] scores)
    {
        var sum = scores.Sum(Math.Exp);
        return [.. scores.Select(score => Math.Exp(score) / sum)];
    }

    private static double[] Add(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];

    private static List<double[]> Add(List<double[]> x, List<double[]> y) => [.. x.Zip(y, Add)];
}
