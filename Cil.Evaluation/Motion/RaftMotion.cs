using Cil.Evaluation.Networks.Raft;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Motion;

/// <summary>The mean length of RAFT's flow over a clip, what the paper's Motion Score is made of.</summary>
public static class RaftMotion
{
    /// <summary>
    /// Measures from each frame to the next, at the clip's own size (thu-ml/cond-image-leakage, examples/SVD/svd/models/utils.py,
    /// motion_score_flow).
    /// </summary>
    /// <param name="frames">RGB24, one frame after the other, at least two.</param>
    /// <returns>Pixels a frame; the paper's table shows it times the number of frames, 16 (<see cref="MotionScore"/>).</returns>
    /// <exception cref="ArgumentException">Fewer than two frames, or of a size that RAFT does not take.</exception>
    public static double MeanLength(
        RaftNetwork network, ReadOnlySpan<byte> frames, int height, int width, Device device, CancellationToken cancellationToken = default)
    {
        int bytes = height * width * 3, count = frames.Length / bytes;
        if (count < 2 || frames.Length != count * bytes)
            throw new ArgumentException($"frames: expected at least 2 of {bytes} bytes, got {frames.Length} bytes.", nameof(frames));
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (Tensor image, Tensor features) = Read(frames[..bytes]);
        double sum = 0;
        for (int next = 1; next < count; next++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (Tensor following, Tensor to) = Read(frames.Slice(next * bytes, bytes));
            sum += Pair(image, features, to);
            image.Dispose();
            features.Dispose();
            (image, features) = (following, to);
        }

        return sum / (count - 1);

        (Tensor Image, Tensor Features) Read(ReadOnlySpan<byte> frame)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor pixels = tensor(frame.ToArray(), device: device).view(1, height, width, 3).permute(0, 3, 1, 2);
            Tensor padded = RaftNetwork.Pad(pixels.to(float32).contiguous());
            return inner.MoveToOuter(padded, network.Encode(padded));
        }

        double Pair(Tensor from, Tensor fromFeatures, Tensor toFeatures)
        {
            using DisposeScope inner = NewDisposeScope();
            (Tensor small, Tensor state) = network.Iterate(from, fromFeatures, toFeatures, RaftNetwork.Iterations);
            Tensor flow = network.Enlarge(small, state, height, width).cpu().contiguous();
            return MotionScore.MeanLength(flow.data<float>().ToArray(), 1, height, width);
        }
    }
}
