using Cil.Diffusion.Clip;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// What is done to an image before the vision tower: for each name of `sizes`, name.image to name.resized and
/// name.normalised.
/// </summary>
internal sealed class ImagePreprocessorConformance : IConformanceComponent
{
    public string Name => "image preprocessing (sizes, mean, std)";

    public IReadOnlyCollection<string> Inputs { get; } = ["image"];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("sizes", out _)
            && reference.Config.TryGetProperty("mean", out _)
            && reference.Config.TryGetProperty("std", out _);

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        // They are constants of the method: a case with others is of another method.
        RequireConstants(reference, "mean", ImagePreprocessor.Mean);
        RequireConstants(reference, "std", ImagePreprocessor.Deviation);
        // A size is height, width, and the side of the square that comes out.
        foreach ((string name, long[] size) in reference.Parameters<Dictionary<string, long[]>>("sizes"))
        {
            if (size.Length == 0)
            {
                throw new ConformanceException(
                    $"{reference.Folder}: config.json: sizes.{name}: expected height, width and side, got nothing");
            }

            reference.Require($"{name}.image", $"{name}.normalised");
            if (reference.Has($"{name}.resized"))
                yield return ($"{name}.resized", ImagePreprocessor.Resize(reference[$"{name}.image"], size[^1]));
            yield return ($"{name}.normalised", ImagePreprocessor.Prepare(reference[$"{name}.image"], size[^1]));
        }
    }

    private static void RequireConstants(ConformanceCase reference, string name, float[] known)
    {
        double[] given = reference.Parameters<double[]>(name);
        if (given.Length != known.Length || given.Where((value, i) => Math.Abs(value - known[i]) > 1e-6).Any())
        {
            throw new ConformanceException(
                $"{reference.Folder}: config.json: {name}: expected ({string.Join(", ", known)}), got ({string.Join(", ", given)})");
        }
    }
}
