using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>Between pictures as bytes and pictures as tensors.</summary>
public static class Pixels
{
    /// <param name="rgb">RGB24, count × height × width × 3 bytes.</param>
    /// <returns>(count, 3, height, width) in [-1, 1], float32.</returns>
    public static Tensor ToTensor(byte[] rgb, int count, int height, int width)
    {
        long expected = (long)count * height * width * 3;
        if (rgb.Length != expected)
        {
            throw new ArgumentException(
                $"rgb: expected {count} × {height} × {width} × 3 = {expected} bytes, got {rgb.Length}", nameof(rgb));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor bytes = tensor(rgb, [count, height, width, 3]).to(float32);
        return ((bytes / 127.5) - 1).permute(0, 3, 1, 2).contiguous().MoveToOuterDisposeScope();
    }

    /// <param name="images">(N, 3, H, W), about [-1, 1].</param>
    /// <returns>RGB24; clamped, then (x + 1) / 2 × 255 cut off, as the original's scripts save.</returns>
    public static byte[] ToBytes(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor bytes = ((images.to(float32).clamp(-1, 1) + 1) * 127.5).to(uint8).permute(0, 2, 3, 1).contiguous().cpu();
        return bytes.data<byte>().ToArray();
    }
}
