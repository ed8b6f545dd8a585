using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Features;

/// <summary>Videos as networks take them, and their features.</summary>
public static class VideoTensors
{
    private const int AtOnce = 16;

    /// <param name="frames">(B, T, H, W, 3), uint8.</param>
    /// <returns>(B, 3, T, H, W), float32 in [-1, 1].</returns>
    public static Tensor Of(Tensor frames)
    {
        using DisposeScope scope = NewDisposeScope();
        return ((frames.permute(0, 4, 1, 2, 3).to(float32) / 127.5f) - 1f).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>Features and classes of videos of one size.</summary>
    /// <param name="videos">RGB24, frames × height × width × 3 bytes each.</param>
    public static FeatureSet Describe(
        IVideoFeatures network, IReadOnlyList<byte[]> videos, int frames, int height, int width, Device device)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> features = [], logits = [];
        foreach (byte[][] part in videos.Chunk(AtOnce))
        {
            Tensor bytes = tensor((byte[])[.. part.SelectMany(video => video)]).view(part.Length, frames, height, width, 3);
            (Tensor feature, Tensor logit) = network.Of(Of(bytes.to(device)));
            features.Add(feature.cpu());
            logits.Add(logit.cpu());
        }

        return new FeatureSet(Rows(cat(features, 0)), Rows(cat(logits, 0)));
    }

    private static float[,] Rows(Tensor values)
    {
        float[] numbers = values.to(float32).contiguous().data<float>().ToArray();
        float[,] rows = new float[values.size(0), values.size(1)];
        Buffer.BlockCopy(numbers, 0, rows, 0, numbers.Length * sizeof(float));
        return rows;
    }
}
