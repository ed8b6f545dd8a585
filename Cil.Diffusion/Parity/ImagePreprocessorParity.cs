using Cil.Diffusion.OpenClip;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Parity;

/// <summary>What is done to an image before the vision tower: for each name of `sizes`, name.image to name.resized and name.normalised.</summary>
internal sealed class ImagePreprocessorParity : IParityComponent
{
    public string Name => "image preprocessing (sizes, mean, std)";

    public IReadOnlyCollection<string> Inputs { get; } = ["image"];

    public bool Recognises(ParityCase parity) =>
        parity.Config.TryGetProperty("sizes", out _) && parity.Config.TryGetProperty("mean", out _) && parity.Config.TryGetProperty("std", out _);

    public IEnumerable<(string Output, Tensor Value)> Run(ParityCase parity)
    {
        // A size is height, width, and the side of the square that comes out.
        foreach ((string name, long[] size) in parity.Parameters<Dictionary<string, long[]>>("sizes"))
        {
            if (parity.Has($"{name}.resized")) yield return ($"{name}.resized", ImagePreprocessor.Resize(parity[$"{name}.image"], size[^1]));
            if (parity.Has($"{name}.normalised")) yield return ($"{name}.normalised", ImagePreprocessor.Prepare(parity[$"{name}.image"], size[^1]));
        }
    }
}
