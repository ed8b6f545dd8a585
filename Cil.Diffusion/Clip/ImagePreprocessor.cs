using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Diffusion.Clip;

/// <summary>
/// Pictures for the image tower: Gaussian blur against aliasing, bicubic resize with aligned corners, CLIP's mean and
/// deviation (thu-ml/cond-image-leakage, examples/SVD/svd/models/utils.py, _resize_with_antialiasing; kornia's resize,
/// which the video models call, is its model).
/// </summary>
public static class ImagePreprocessor
{
    internal static readonly float[] Mean = [0.48145466f, 0.4578275f, 0.40821073f];
    internal static readonly float[] Deviation = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <param name="image">(B, 3, H, W) in [-1, 1], float32; the aspect is not kept.</param>
    /// <returns>(B, 3, size, size), normalised.</returns>
    public static Tensor Prepare(Tensor image, long size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor resized = Resize(image, size);
        Tensor mean = tensor(Mean, [1, 3, 1, 1], device: image.device), deviation = tensor(Deviation, [1, 3, 1, 1], device: image.device);
        return (((resized + 1) / 2 - mean) / deviation).MoveToOuterDisposeScope();
    }

    /// <param name="image">(B, 3, H, W) in [-1, 1].</param>
    /// <returns>(B, 3, size, size); bicubic sums may overshoot [-1, 1].</returns>
    public static Tensor Resize(Tensor image, long size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor blurred = Blur(Blur(image, size, axis: 3), size, axis: 2);
        return F.interpolate(blurred, [size, size], mode: InterpolationMode.Bicubic, align_corners: true).MoveToOuterDisposeScope();
    }

    private static Tensor Blur(Tensor image, long size, int axis)
    {
        double factor = (double)image.size(axis) / size;
        double sigma = Math.Max((factor - 1) / 2, 0.001);
        int width = (int)Math.Max(4 * sigma, 3);
        if (width % 2 == 0) width++;
        int half = width / 2;
        float[] kernel = [.. Enumerable.Range(-half, width).Select(i => (float)Math.Exp(-i * i / (2 * sigma * sigma)))];
        float sum = kernel.Sum();
        for (int i = 0; i < width; i++) kernel[i] /= sum;

        long channels = image.size(1);
        long[] shape = axis == 3 ? [1, 1, 1, width] : [1, 1, width, 1];
        Tensor weight = tensor(kernel, shape, device: image.device).expand(channels, 1, shape[2], shape[3]);
        long[] pad = axis == 3 ? [half, half, 0, 0] : [0, 0, half, half];
        return F.conv2d(F.pad(image, pad, PaddingModes.Reflect), weight, groups: channels);
    }
}
