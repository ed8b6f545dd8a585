using System.Globalization;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.AnalyticInit;

/// <summary>
/// Sums of latents and of their squares over clips, element by element in float64, from which E[X0] and the mean
/// variance follow. Shards are merged in the order they are given, so that the result does not depend on who did what.
/// </summary>
public sealed class LatentMoments
{
    private const string SumName = "sum", SquaresName = "sum_of_squares", KeptName = "latents", ClipsKey = "clips";

    private readonly double[] sum, squares;
    private readonly List<float[]>? kept;

    /// <param name="shape">One clip's latents: (C, T, h, w).</param>
    public LatentMoments(params long[] shape)
        : this(keepsClips: false, shape)
    {
    }

    /// <param name="keepsClips">Whether each clip's latents are kept, of which components are made.</param>
    /// <inheritdoc cref="LatentMoments(long[])"/>
    public LatentMoments(bool keepsClips, params long[] shape)
    {
        kept = keepsClips ? [] : null;
        Shape = [.. shape];
        long size = shape.Aggregate(1L, (product, axis) => product * axis);
        (sum, squares) = (new double[size], new double[size]);
    }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>Clips counted so far.</summary>
    public long Clips { get; private set; }

    /// <summary>Each clip's latents.</summary>
    /// <exception cref="StatisticsException">They were not kept.</exception>
    public IReadOnlyList<float[]> Kept => kept is not null && kept.Count == Clips
        ? kept
        : throw new StatisticsException(
            $"components: expected the latents of {Clips} clips, got those of {kept?.Count ?? 0}: they were measured without a rank");

    /// <param name="latents">One clip, row-major, already multiplied by the scaling factor.</param>
    public void Add(ReadOnlySpan<float> latents)
    {
        if (latents.Length != sum.Length)
            throw new StatisticsException($"latents: expected ({string.Join(", ", Shape)}) = {sum.Length} numbers, got {latents.Length}");
        // One number that is not finite would spoil every clip's share, and be found only at the first render.
        foreach (float value in latents)
        {
            if (!float.IsFinite(value)) throw new StatisticsException($"latents: clip {Clips} holds numbers that are not finite");
        }

        for (int i = 0; i < sum.Length; i++)
        {
            double value = latents[i];
            sum[i] += value;
            squares[i] += value * value;
        }

        kept?.Add(latents.ToArray());
        Clips++;
    }

    /// <summary>Adds another shard's sums to this one's.</summary>
    public void Merge(LatentMoments other)
    {
        if (!Shape.SequenceEqual(other.Shape))
            throw new StatisticsException($"shard: expected ({string.Join(", ", Shape)}), got ({string.Join(", ", other.Shape)})");
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += other.sum[i];
            squares[i] += other.squares[i];
        }

        if (other.kept is not null) kept?.AddRange(other.kept);
        Clips += other.Clips;
    }

    /// <summary>E[X0], element by element.</summary>
    /// <exception cref="StatisticsException">No clip was counted.</exception>
    public double[] Expectation()
    {
        RequireClips();
        return [.. sum.Select(value => value / Clips)];
    }

    /// <summary>v: the population variance, averaged over all elements.</summary>
    /// <exception cref="StatisticsException">No clip was counted.</exception>
    public double MeanVariance()
    {
        RequireClips();
        double total = 0;
        for (int i = 0; i < sum.Length; i++)
        {
            double mean = sum[i] / Clips;
            total += (squares[i] / Clips) - (mean * mean);
        }

        // Equal clips have variance 0, which rounding can bring a little below it.
        return Math.Max(0, total / sum.Length);
    }

    /// <summary>
    /// A shard's sums as safetensors, to travel through storage to the coordinator, which has no libtorch: no tensor here.
    /// </summary>
    public byte[] ToBytes()
    {
        long[] shape = [.. Shape];
        List<(string, ScalarType, long[], double[])> tensors =
            [(SumName, ScalarType.Float64, shape, sum), (SquaresName, ScalarType.Float64, shape, squares)];
        if (kept is not null)
        {
            tensors.Add(
                (KeptName, ScalarType.Float64, [kept.Count, .. shape], [.. kept.SelectMany(clip => clip.Select(value => (double)value))]));
        }

        return SafetensorsWriter.ToBytes(
            tensors,
            new Dictionary<string, string>(StringComparer.Ordinal) { [ClipsKey] = Clips.ToString(CultureInfo.InvariantCulture) });
    }

    /// <param name="name">What messages call the bytes.</param>
    /// <exception cref="StatisticsException">The bytes are not a shard's sums.</exception>
    /// <exception cref="CheckpointException">The bytes are damaged.</exception>
    public static LatentMoments FromBytes(string name, byte[] bytes)
    {
        using SafetensorsReader reader = SafetensorsReader.FromBytes(name, bytes);
        if (!reader.Metadata.TryGetValue(ClipsKey, out string? text)
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long clips))
            throw new StatisticsException($"{name}: metadata: expected a count named {ClipsKey}, got '{text}'");
        long[] shape = ShapeOf(reader, SumName), other = ShapeOf(reader, SquaresName);
        if (!shape.SequenceEqual(other))
        {
            throw new StatisticsException(
                $"{name}: {SquaresName}: expected ({string.Join(", ", shape)}), got ({string.Join(", ", other)})");
        }

        bool keepsClips = reader.Find(KeptName) is not null;
        var moments = new LatentMoments(keepsClips, shape) { Clips = clips };
        if (keepsClips)
        {
            double[] latents = reader.ReadArray<double>(KeptName, ScalarType.Float64);
            if (latents.Length != clips * moments.sum.Length)
            {
                throw new StatisticsException(
                    $"{name}: {KeptName}: expected {clips} clips of {moments.sum.Length} numbers, got {latents.Length} numbers");
            }

            moments.kept!.AddRange(latents.Chunk(moments.sum.Length).Select(clip => (float[])[.. clip.Select(value => (float)value)]));
        }
        reader.ReadArray<double>(SumName, ScalarType.Float64).CopyTo(moments.sum, 0);
        reader.ReadArray<double>(SquaresName, ScalarType.Float64).CopyTo(moments.squares, 0);
        return moments;
    }

    private static long[] ShapeOf(SafetensorsReader reader, string name)
    {
        TensorEntry stored = reader.Find(name) ?? throw new StatisticsException($"{reader.File}: has no tensor {name}");
        return stored.Type == ScalarType.Float64
            ? [.. stored.Shape]
            : throw new StatisticsException($"{reader.File}: {name}: expected F64, got {stored.TypeName}");
    }

    private void RequireClips()
    {
        if (Clips == 0) throw new StatisticsException("clips: expected at least 1, got 0");
    }
}
