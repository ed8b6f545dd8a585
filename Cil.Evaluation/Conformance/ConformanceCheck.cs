using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>Runs one component on stored inputs and compares what it gives with stored outputs.</summary>
public static class ConformanceCheck
{
    /// <summary>
    /// Float32 on another BLAS: the references themselves move by 5e-6 to 1e-4 of their largest value between two machines.
    /// </summary>
    public const double DefaultTolerance = 1e-4;

    private static readonly IConformanceComponent[] Components =
    [
        new ShapesConformance(), new TimeNoiseConformance(), new TokenizerConformance(), new SvdLoopConformance(),
        new VideoCrafterLoopConformance(), new SvdTrainingConformance(), new VideoCrafterTrainingConformance(),
        new ImageEmbeddingConformance(), new VideoUNetConformance(), new AutoencoderConformance(),
        new ResamplerConformance(), new TextTowerConformance(), new VisionTowerConformance(),
        new ImagePreprocessorConformance(), new DdimTablesConformance(), new SvdUNetConformance(),
        new SvdAutoencoderConformance(), new ClipVisionConformance(), new EulerConformance(),
    ];

    /// <param name="folder">See <see cref="ConformanceCase"/>.</param>
    /// <param name="tolerance">Largest relative difference that passes.</param>
    /// <param name="merges">The merges of OpenCLIP's tokenizer, for cases of it; null where there are none.</param>
    /// <param name="device">Where the component computes; null for the processor.</param>
    /// <exception cref="ConformanceException">The folder lacks something, or its component is not known.</exception>
    /// <exception cref="Cil.Diffusion.Checkpoints.Files.CheckpointException">
    /// Weights are damaged or do not fit; all faults are listed.
    /// </exception>
    public static ConformanceReport Run(string folder, double tolerance = DefaultTolerance, string? merges = null, Device? device = null)
    {
        using var reference = new ConformanceCase(folder, device) { Merges = merges };
        IConformanceComponent component = Components.FirstOrDefault(known => known.Recognises(reference))
            ?? throw new ConformanceException(
                $"{folder}: config.json is of no known component ({Says(reference)}); known: "
                    + $"{string.Join(", ", Components.Select(known => known.Name))}");
        using IDisposable noGradient = no_grad();
        var outputs = new List<ConformanceOutput>();
        // One scope for all: a component's networks are shared by its outputs.
        using (NewDisposeScope())
        {
            try
            {
                foreach (ConformanceValue value in component.Run(reference))
                    outputs.Add(Compare(value, value.Expected ?? reference[value.Output], tolerance * value.Allowance));
            }
            catch (Exception error)
                when (error is System.Runtime.InteropServices.ExternalException or ArgumentException or InvalidOperationException)
            {
                // What libtorch says of shapes that do not go together.
                throw new ConformanceException(
                    $"{folder}: the inputs do not fit a {component.Name} of this config.json: {error.Message.Split('\n')[0]}");
            }
        }

        if (outputs.Count == 0)
        {
            throw new ConformanceException(
                $"{folder}: has no output of a {component.Name}; io.safetensors has: {string.Join(", ", reference.Names)}");
        }

        var compared = outputs.Select(output => output.Name).Concat(component.Inputs).ToHashSet(StringComparer.Ordinal);
        return new ConformanceReport
        {
            Component = component.Name,
            Folder = folder,
            Tolerance = tolerance,
            Outputs = outputs,
            NotCompared =
            [
                .. reference.Names.Where(
                    name => !compared.Contains(name)
                        && !component.Inputs.Any(input => name.EndsWith($".{input}", StringComparison.Ordinal)))
                            .Order(StringComparer.Ordinal),
            ],
        };
    }

    private static ConformanceOutput Compare(ConformanceValue value, Tensor expected, double tolerance)
    {
        (string name, Tensor actual) = (value.Output, value.Value);
        using DisposeScope scope = NewDisposeScope();
        long[] shape = actual.shape;
        if (!shape.SequenceEqual(expected.shape))
        {
            return new ConformanceOutput(
                name, shape, double.NaN, double.NaN, tolerance, false,
                $"expected ({string.Join(", ", expected.shape)}), got ({string.Join(", ", shape)})");
        }

        Tensor stored = expected.to(CPU).to(ScalarType.Float64), difference = (actual.to(CPU).to(ScalarType.Float64) - stored).abs();
        double largest = difference.max().ToDouble(), magnitude = stored.abs().max().ToDouble();
        // Against zeros only zeros are near, and whole numbers are equal or not.
        double relative = largest == 0 ? 0 : largest / magnitude;
        double allowed = expected.dtype is ScalarType.Int64 or ScalarType.Int32 ? 0 : tolerance;
        return new ConformanceOutput(name, shape, largest, relative, allowed, relative <= allowed);
    }

    private static string Says(ConformanceCase reference)
    {
        foreach (string key in (string[])["_class_name", "target"])
        {
            if (reference.Config.TryGetProperty(key, out JsonElement value)) return $"{key}: {value}";
        }

        return $"neither _class_name nor target; its keys are "
            + $"{string.Join(", ", reference.Config.EnumerateObject().Select(entry => entry.Name))}";
    }
}
