using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Layers;

/// <summary>
/// x W^T + b. On a processor libtorch gives float32 products to MKL, which on AMD stays with AVX2: 78 to 207 billion operations
/// a second. The same product as oneDNN's convolution 1 × 1 over the same memory does 394 to 476 (a prototype, docs/benchmarks.md); on
/// Intel MKL is as fast. Which one is taken depends on shape, type and the processor's maker alone, so the same request gives the same
/// bytes.
/// </summary>
internal static class Product
{
    // Below, the way through the convolution costs more than it gains.
    private const long FewestRows = 128, SmallestWeight = 256 * 256;

    /// <param name="x">(…, k).</param>
    /// <param name="weight">(m, k).</param>
    /// <param name="bias">(m), or null.</param>
    /// <returns>(…, m), contiguous.</returns>
    internal static Tensor Of(Tensor x, Tensor weight, Tensor? bias) => Of(x, weight, bias, ProcessorVendor.IsIntel);

    internal static Tensor Of(Tensor x, Tensor weight, Tensor? bias, bool isIntel)
    {
        long k = x.shape[^1], rows = x.numel() / Math.Max(1, k);
        if (x.dtype != ScalarType.Float32
            || x.device_type != DeviceType.CPU
            || isIntel
            || is_grad_enabled()
            || rows < FewestRows
            || weight.numel() < SmallestWeight
            || Height(rows) is not (> 1 and var height))
        {
            return F.linear(x, weight, bias);
        }

        using DisposeScope scope = NewDisposeScope();
        // Rows as the pixels of an image in channels-last order: with a height or width of 1 the order would be ambiguous,
        // and oneDNN would reorder.
        Tensor image = x.reshape(1, height, rows / height, k).permute(0, 3, 1, 2); // (1, k, h, w)
        Tensor y = F.conv2d(image, weight.view(weight.size(0), k, 1, 1), bias); // (1, m, h, w)
        return y.permute(0, 2, 3, 1).contiguous().view([.. x.shape[..^1], weight.size(0)]).MoveToOuterDisposeScope(); // (…, m)
    }

    // The largest divisor that is at most the root, so that both sides are above 1; 1 for a prime number.
    private static long Height(long rows)
    {
        long height = (long)Math.Sqrt(rows);
        while (rows % height != 0) height--;
        return height;
    }
}
