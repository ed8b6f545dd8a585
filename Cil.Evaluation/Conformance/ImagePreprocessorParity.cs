using Cil.Diffusion.Clip;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>What is done to an image before the vision tower: for each name of `sizes`, name.image to name.resized and name.normalised.</summary>
internal sealed class ImagePreprocessorParity : IParityComponent
{
    public string Name => "image preprocessing (sizes, mean, std)";

    public IReadOnlyCollection<string> Inputs { get; } = ["image"];

    public bool Recognises(ParityCase parity) =>
        parity.Config.TryGetProperty("sizes", out _) && parity.Config.TryGetProperty("mean", out _) && parity.Config.TryGetProperty("std", out _);

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        // They are constants of the method: a case with others is of another method.
        RequireConstants(parity, "mean", ImagePreprocessor.Mean);
        RequireConstants(parity, "std", ImagePreprocessor.Deviation);
        // A size is height, width, and the side of the square that comes out.
        foreach ((string name, long[] size) in parity.Parameters<Dictionary<string, long[]>>("sizes"))
        {
            if (size.Length == 0) throw new ParityException($"{parity.Folder}: config.json: sizes.{name}: expected height, width and side, got nothing");
            parity.Require($"{name}.image", $"{name}.normalised");
            if (parity.Has($"{name}.resized")) yield return ($"{name}.resized", ImagePreprocessor.Resize(parity[$"{name}.image"], size[^1]));
            yield return ($"{name}.normalised", ImagePreprocessor.Prepare(parity[$"{name}.image"], size[^1]));
        }
    }

    private static void RequireConstants(ParityCase parity, string name, float[] known)
    {
        double[] given = parity.Parameters<double[]>(name);
        if (given.Length != known.Length || given.Where((value, i) => Math.Abs(value - known[i]) > 1e-6).Any())
            throw new ParityException($"{parity.Folder}: config.json: {name}: expected ({string.Join(", ", known)}), got ({string.Join(", ", given)})");
    }
}
