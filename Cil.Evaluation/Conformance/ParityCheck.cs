using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>Runs one component on stored inputs and compares what it gives with stored outputs.</summary>
public static class ParityCheck
{
    /// <summary>Float32 on another BLAS: the references themselves move by 5e-6 to 1e-4 of their largest value between two machines.</summary>
    public const double DefaultTolerance = 1e-4;

    private static readonly IParityComponent[] Components =
    [
        new ShapesParity(), new TimeNoiseParity(), new TokenizerParity(), new SvdLoopParity(), new VideoCrafterLoopParity(), new SvdTrainingParity(), new VideoCrafterTrainingParity(),
        new ImageEmbeddingParity(), new VideoUNetParity(), new AutoencoderParity(), new ResamplerParity(), new TextTowerParity(), new VisionTowerParity(),
        new ImagePreprocessorParity(), new DdimTablesParity(), new SvdUNetParity(), new SvdAutoencoderParity(), new ClipVisionParity(), new EulerParity(),
    ];

    /// <param name="folder">See <see cref="ParityCase"/>.</param>
    /// <param name="tolerance">Largest relative difference that passes.</param>
    /// <param name="merges">The merges of OpenCLIP's tokenizer, for cases of it; null where there are none.</param>
    /// <param name="device">Where the component computes; null for the processor.</param>
    /// <exception cref="ParityException">The folder lacks something, or its component is not known.</exception>
    /// <exception cref="Checkpoints.CheckpointException">Weights are damaged or do not fit; all faults are listed.</exception>
    public static ParityReport Run(string folder, double tolerance = DefaultTolerance, string? merges = null, Device? device = null)
    {
        using var parity = new ParityCase(folder, device) { Merges = merges };
        IParityComponent component = Components.FirstOrDefault(known => known.Recognises(parity))
            ?? throw new ParityException($"{folder}: config.json is of no known component ({Says(parity)}); known: {string.Join(", ", Components.Select(known => known.Name))}");
        using var noGradient = no_grad();
        var outputs = new List<ParityOutput>();
        // One scope for all: a component's networks are shared by its outputs.
        using (NewDisposeScope())
        {
            try
            {
                foreach (ParityValue value in component.Run(parity)) outputs.Add(Compare(value, value.Expected ?? parity[value.Output], tolerance * value.Allowance));
            }
            catch (Exception error) when (error is System.Runtime.InteropServices.ExternalException or ArgumentException or InvalidOperationException)
            {
                // What libtorch says of shapes that do not go together.
                throw new ParityException($"{folder}: the inputs do not fit a {component.Name} of this config.json: {error.Message.Split('\n')[0]}");
            }
        }

        if (outputs.Count == 0) throw new ParityException($"{folder}: has no output of a {component.Name}; io.safetensors has: {string.Join(", ", parity.Names)}");
        var compared = outputs.Select(output => output.Name).Concat(component.Inputs).ToHashSet(StringComparer.Ordinal);
        return new ParityReport
        {
            Component = component.Name,
            Folder = folder,
            Tolerance = tolerance,
            Outputs = outputs,
            NotCompared = [.. parity.Names.Where(name => !compared.Contains(name) && !component.Inputs.Any(input => name.EndsWith($".{input}", StringComparison.Ordinal))).Order(StringComparer.Ordinal)],
        };
    }

    private static ParityOutput Compare(ParityValue value, Tensor expected, double tolerance)
    {
        (string name, Tensor actual) = (value.Output, value.Value);
        using DisposeScope scope = NewDisposeScope();
        long[] shape = actual.shape;
        if (!shape.SequenceEqual(expected.shape))
            return new ParityOutput(name, shape, double.NaN, double.NaN, tolerance, false, $"expected ({string.Join(", ", expected.shape)}), got ({string.Join(", ", shape)})");
        Tensor stored = expected.to(CPU).to(ScalarType.Float64), difference = (actual.to(CPU).to(ScalarType.Float64) - stored).abs();
        double largest = difference.max().ToDouble(), magnitude = stored.abs().max().ToDouble();
        // Against zeros only zeros are near, and whole numbers are equal or not.
        double relative = largest == 0 ? 0 : largest / magnitude;
        double allowed = expected.dtype is ScalarType.Int64 or ScalarType.Int32 ? 0 : tolerance;
        return new ParityOutput(name, shape, largest, relative, allowed, relative <= allowed);
    }

    private static string Says(ParityCase parity)
    {
        foreach (string key in (string[])["_class_name", "target"])
        {
            if (parity.Config.TryGetProperty(key, out var value)) return $"{key}: {value}";
        }

        return $"neither _class_name nor target; its keys are {string.Join(", ", parity.Config.EnumerateObject().Select(entry => entry.Name))}";
    }
}
