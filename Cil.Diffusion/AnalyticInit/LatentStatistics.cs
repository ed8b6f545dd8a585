using System.Buffers.Binary;
using System.Globalization;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.AnalyticInit;

/// <summary>E[X0] and v of a data set at one resolution, as Analytic-Init needs them.</summary>
public sealed class LatentStatistics
{
    private const string ExpectationName = "Expectation_X0", VarianceName = "Tr_Cov_d";

    // Stable Video Diffusion's name, whose axes are (T, C, h, w).
    private const string FramesFirstName = "Expectation_x_0";
    private static readonly string[] ExpectationNames = [ExpectationName, FramesFirstName];
    private static readonly string[] VarianceNames = [VarianceName, "trCov_d"];

    // Ours: the published files have none, and what reads those does not look for them.
    private const string DirectionsName = "Components", VariancesName = "Component_Variances";

    /// <param name="expectation">Row-major (C, T, h, w).</param>
    /// <param name="components">Directions in which the latents vary most; null where they were not measured.</param>
    public LatentStatistics(
        float[] expectation, IReadOnlyList<long> shape, double variance, long clips, LatentComponents? components = null)
    {
        long size = shape.Aggregate(1L, (product, axis) => product * axis);
        if (shape.Count != 4 || size != expectation.Length)
        {
            throw new StatisticsException(
                $"expectation: expected 4 axes (C, T, h, w), got ({string.Join(", ", shape)}) with {expectation.Length} numbers");
        }

        if (!double.IsFinite(variance) || variance < 0)
        {
            throw new StatisticsException(
                string.Create(CultureInfo.InvariantCulture, $"variance: must be finite and at least 0, got {variance}"));
        }

        if (!expectation.All(float.IsFinite)) throw new StatisticsException("expectation: holds numbers that are not finite");
        if (components is not null) RequireComponents(components, size);
        (Expectation, Shape, Variance, Clips, Components) = (expectation, shape, variance, clips, components);
    }

    /// <summary>E[X0], row-major (C, T, h, w).</summary>
    public float[] Expectation { get; }

    public IReadOnlyList<long> Shape { get; }

    /// <summary>v, a variance (not a deviation).</summary>
    public double Variance { get; }

    /// <summary>Directions in which the latents vary most; null where they were not measured.</summary>
    public LatentComponents? Components { get; }

    /// <summary>Clips behind the numbers; 0 where the file does not say.</summary>
    public long Clips { get; }

    /// <param name="rank">Components that are wanted; 0 for none.</param>
    /// <exception cref="StatisticsException">No clip was counted, or components are wanted of clips that were not kept.</exception>
    public static LatentStatistics From(LatentMoments moments, int rank = 0)
    {
        double[] expectation = moments.Expectation();
        return new LatentStatistics(
            [.. expectation.Select(value => (float)value)], moments.Shape, moments.MeanVariance(), moments.Clips,
            rank == 0 ? null : PrincipalComponents.Of(moments.Kept, expectation, rank));
    }

    /// <summary>
    /// Reads a safetensors file, or a published .pt file, with either system's names of the two tensors and either order of
    /// the axes.
    /// </summary>
    /// <param name="channels">
    /// Channels of the model's latents, by which the order of the axes is told; by the tensor's name where there are as many
    /// frames.
    /// </param>
    /// <exception cref="StatisticsException">A tensor is missing or has another shape.</exception>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static LatentStatistics Read(string path, long channels)
    {
        using ITensorFile file = TensorFiles.Open(path);
        return Read(file, channels);
    }

    /// <summary>What a safetensors file says of the variance, without libtorch, which a coordinator does not have.</summary>
    /// <returns>v, and how many numbers a clip's latents have; null for a file of another container, or without the two tensors.</returns>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static (double Variance, long Dimensions)? ReadVariance(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] begin = new byte[SafetensorsHeader.ProbeBytes];
        int count = file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        if (!SafetensorsHeader.Begins(begin.AsSpan(0, count))) return null;
        file.Position = 0;
        (Dictionary<string, SafetensorsEntry> entries, _, long data) = SafetensorsHeader.Read(path, file);
        SafetensorsEntry? Named(string[] names) => names.Select(name => entries.GetValueOrDefault(name)).FirstOrDefault(one => one is { });
        if (Named(ExpectationNames) is not { } expectation || Named(VarianceNames) is not { } variance) return null;
        byte[] number = new byte[Math.Min(variance.End - variance.Begin, sizeof(double))];
        file.Position = data + variance.Begin;
        file.ReadExactly(number);
        long dimensions = expectation.Shape.Aggregate(1L, (size, axis) => size * axis);
        return (variance.Type, variance.End - variance.Begin) switch
        {
            (ScalarType.Float32, sizeof(float)) => (BinaryPrimitives.ReadSingleLittleEndian(number), dimensions),
            (ScalarType.Float64, sizeof(double)) => (BinaryPrimitives.ReadDoubleLittleEndian(number), dimensions),
            _ => null,
        };
    }

    /// <param name="name">What messages call it.</param>
    /// <inheritdoc cref="Read(string, long)"/>
    public static LatentStatistics FromBytes(string name, byte[] content, long channels)
    {
        using ITensorFile file = TensorFiles.FromBytes(name, content);
        return Read(file, channels);
    }

    private static LatentStatistics Read(ITensorFile reader, long channels)
    {
        using DisposeScope scope = NewDisposeScope();
        string path = reader.File;
        Tensor expectation = Find(reader, ExpectationNames).to(float32);
        Tensor variance = Find(reader, VarianceNames).to(float64);
        string shape = string.Join(", ", expectation.shape);
        if (expectation.dim() == 5 && expectation.size(0) == 1) expectation = expectation.squeeze(0);
        if (expectation.dim() != 4)
            throw new StatisticsException($"{path}: {ExpectationName}: expected 4 axes, or 5 with a leading 1, got ({shape})");
        // Where both axes could be the channels, the system that wrote the file decides, which the tensor's name tells.
        bool isFramesFirst = expectation.size(0) != channels || (expectation.size(1) == channels && reader.Find(ExpectationName) is null);
        if (isFramesFirst)
        {
            if (expectation.size(1) != channels)
                throw new StatisticsException($"{path}: {ExpectationName}: expected {channels} channels on axis 0 or 1, got ({shape})");
            expectation = expectation.transpose(0, 1).contiguous(); // (C, T, h, w)
        }

        if (variance.numel() != 1) throw new StatisticsException($"{path}: {VarianceName}: expected one number, got {variance.numel()}");
        long clips = (reader as SafetensorsReader)?.Metadata.TryGetValue("clips", out string? text) == true
            && long.TryParse(text, CultureInfo.InvariantCulture, out long count)
            ? count
            : 0;
        LatentComponents? components = reader.Find(DirectionsName) is null
            ? null
            : new LatentComponents(
                reader.Read(DirectionsName).to(float32).contiguous().data<float>().ToArray(),
                reader.Read(VariancesName).to(float64).contiguous().data<double>().ToArray());
        return new LatentStatistics(
            expectation.data<float>().ToArray(), expectation.shape, variance.reshape(1).data<double>()[0], clips, components);
    }

    public void Save(string path) => File.WriteAllBytes(path, ToBytes());

    /// <summary>The content of a statistics file.</summary>
    public byte[] ToBytes()
    {
        // The coordinator that calls this has no libtorch: no tensor here.
        List<(string, ScalarType, long[], float[])> tensors =
        [
            (ExpectationName, ScalarType.Float32, [1, .. Shape], Expectation), (VarianceName, ScalarType.Float32, [], [(float)Variance]),
        ];
        if (Components is { } components)
        {
            tensors.Add((DirectionsName, ScalarType.Float32, [components.Rank, .. Shape], components.Directions));
            tensors.Add((VariancesName, ScalarType.Float32, [components.Rank], [.. components.Variances.Select(each => (float)each)]));
        }

        return SafetensorsWriter.ToBytes(
            tensors,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["clips"] = Clips.ToString(CultureInfo.InvariantCulture) });
    }

    /// <summary>Those of the clips' first frames, without components; the variance stays that of whole clips.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The clips have not so many frames.</exception>
    public LatentStatistics FirstFrames(int frames)
    {
        if (frames < 1 || frames > Shape[1])
            throw new ArgumentOutOfRangeException(nameof(frames), frames, $"frames: must be 1 to {Shape[1]}, got {frames}");
        int frame = (int)(Shape[2] * Shape[3]), clip = (int)Shape[1] * frame;
        float[] first = [.. Enumerable.Range(0, (int)Shape[0])
            .SelectMany(channel => Expectation[(channel * clip)..((channel * clip) + (frames * frame))])];
        return new LatentStatistics(first, [Shape[0], frames, Shape[2], Shape[3]], Variance, Clips);
    }

    /// <summary>Refuses statistics of another resolution or length.</summary>
    /// <param name="latents">(C, T, h, w) of the run.</param>
    public void Require(IReadOnlyList<long> latents, string source)
    {
        if (!Shape.SequenceEqual(latents))
        {
            throw new StatisticsException(
                $"{source}: made for latents ({string.Join(", ", Shape)}), this render has ({string.Join(", ", latents)}); "
                + "statistics belong to one size, one frame count and one autoencoder");
        }
    }

    private static void RequireComponents(LatentComponents components, long size)
    {
        if (components.Rank < 1 || components.Directions.Length != components.Rank * size)
        {
            throw new StatisticsException(
                $"components: expected {size} numbers for each of {components.Rank}, at least 1, got {components.Directions.Length}");
        }

        if (!components.Directions.All(float.IsFinite) || !components.Variances.All(variance => double.IsFinite(variance) && variance >= 0))
            throw new StatisticsException("components: holds numbers that are not finite, or variances below 0");
    }

    private static Tensor Find(ITensorFile reader, string[] names) =>
        names.FirstOrDefault(name => reader.Find(name) is not null) is { } name
            ? reader.Read(name)
            : throw new StatisticsException(
                $"{reader.File}: expected a tensor {string.Join(" or ", names)}, got {string.Join(", ", reader.Names)}");
}
