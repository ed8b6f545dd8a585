using static TorchSharp.torch;

namespace Cil.Evaluation.Tests.Networks;

/// <summary>Clips of two moving triangle waves, whole numbers by a formula that the originals were given too.</summary>
internal static class FormulaFrames
{
    /// <returns>RGB24, count × height × width × 3.</returns>
    internal static byte[] Rgb(int count, int height, int width)
    {
        byte[] rgb = new byte[count * height * width * 3];
        int at = 0;
        for (int t = 0; t < count; t++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    for (int c = 0; c < 3; c++)
                    {
                        int one = Triangle((11 * x) + (5 * y) + (90 * c) + (23 * t));
                        int other = Triangle((4 * x) - (9 * y) + (150 * c) - (17 * t));
                        rgb[at++] = (byte)((one + other) / 2);
                    }
                }
            }
        }

        return rgb;
    }

    /// <returns>(count, 3, height, width), float32 from 0 to 255.</returns>
    internal static Tensor Frames(int count, int height, int width) =>
        tensor(Rgb(count, height, width)).view(count, height, width, 3).permute(0, 3, 1, 2).to(float32).contiguous();

    private static int Triangle(int phase) => Math.Abs((((phase % 510) + 510) % 510) - 255);
}
