using Cil.Diffusion.Clip;
using Cil.TestKit.Models;

namespace Cil.Diffusion.Tests.Clip;

public sealed class ImagePreprocessorTests
{
    [Theory]
    [InlineData("down", 28)]
    [InlineData("odd_down", 20)]
    [InlineData("up", 28)]
    [InlineData("same", 28)]
    public void Prepare_OnGoldenImages_GivesTheOriginalsPixels(string name, long size)
    {
        // Pixels are of size 1 to 2; sums of 16 products of float32.
        const double Tolerance = 5e-5;
        using var golden = new Golden("openclip/image_preprocess");

        golden.Near($"{name}.resized", ImagePreprocessor.Resize(golden[$"{name}.image"], size), Tolerance);
        golden.Near($"{name}.normalised", ImagePreprocessor.Prepare(golden[$"{name}.image"], size), Tolerance);
    }
}
