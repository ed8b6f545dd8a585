using System.Globalization;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.Raft;

/// <summary>
/// RAFT, the large model: optical flow by recurrent steps over the correlations of all pairs of pixels (Teed and Deng, 2020, arXiv
/// 2003.12039; princeton-vl/RAFT, core/raft.py). The paper's Motion Score is measured with it.
/// </summary>
public sealed class RaftNetwork : IDisposable
{
    /// <summary>Recurrent steps for the Motion Score (thu-ml/cond-image-leakage, examples/SVD/svd/models/utils.py).</summary>
    public const int Iterations = 20;

    /// <summary>
    /// The smallest height and width, in pixels. Sides are padded to a multiple of 8; under 128 the smallest of four scales of the
    /// correlations is one pixel wide, for which the original computes 0 / 0.
    /// </summary>
    public const int SmallestSide = 121;

    /// <summary>The most pixels of a frame: the correlations take (pixels / 64)² × 5.3 bytes.</summary>
    public const int MostPixels = 2048 * 1152;

    private const int Multiple = 8;
    private const long FeatureWidth = 256;

    // The shortcut's norm is registered twice in the original and has two names in its files.
    private static readonly string[] SecondNames = ["cnet.layer2.0.norm3.", "cnet.layer3.0.norm3."];

    private readonly RaftEncoder features, context;
    private readonly UpdateBlock update;
    private readonly IDisposable? owned;

    internal RaftNetwork(WeightScope w, IDisposable? owned = null)
    {
        this.owned = owned;
        features = new RaftEncoder(w.Sub("fnet"), FeatureWidth, isBatchNorm: false);
        context = new RaftEncoder(w.Sub("cnet"), 2 * UpdateBlock.Width, isBatchNorm: true);
        update = new UpdateBlock(w.Sub("update_block"));
    }

    /// <summary>Reads a published state dict, raft-things.pth and its like, with or without the prefix of DataParallel.</summary>
    /// <exception cref="CheckpointException">It is not one of the large model; lists all that is missing, misshapen or spare.</exception>
    public static RaftNetwork Open(string path, Device device)
    {
        using ITensorFile file = TensorFiles.Open(path);
        return NetworkFile.Load(
            NetworkFile.WithoutParallelPrefix(file), device, (weights, owned) => new RaftNetwork(weights, owned),
            name => SecondNames.Any(second => name.StartsWith(second, StringComparison.Ordinal)));
    }

    /// <summary>The flow from one frame to the next.</summary>
    /// <param name="first">(1, 3, H, W), float32 from 0 to 255.</param>
    /// <param name="second">(1, 3, H, W), float32 from 0 to 255.</param>
    /// <returns>(1, 2, H, W): to the right and down, in pixels.</returns>
    /// <exception cref="ArgumentException">The frames differ in size, are too small or too large.</exception>
    public Tensor Flow(Tensor first, Tensor second, int iterations = Iterations)
    {
        if (!first.shape.SequenceEqual(second.shape))
        {
            throw new ArgumentException(
                $"frames: expected equal sizes, got ({string.Join(", ", first.shape)}) and ({string.Join(", ", second.shape)}).");
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor image = Pad(first);
        (Tensor small, Tensor state) = Iterate(image, Encode(image), Encode(Pad(second)), iterations);
        return Enlarge(small, state, first.size(2), first.size(3)).MoveToOuterDisposeScope();
    }

    /// <summary>The frame in [-1, 1], padded with its edges to a multiple of 8, as much on both sides as can be.</summary>
    internal static Tensor Pad(Tensor frame)
    {
        (long height, long width) = (frame.size(2), frame.size(3));
        if (Math.Min(height, width) < SmallestSide || height * width > MostPixels)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"frame: expected at least {SmallestSide} pixels on a side and at most {MostPixels} in all, got {width}x{height}."));
        }

        using DisposeScope scope = NewDisposeScope();
        (long left, long right) = Sides(width);
        (long top, long bottom) = Sides(height);
        return F.pad((2 * (frame / 255)) - 1, (left, right, top, bottom), PaddingModes.Replicate).MoveToOuterDisposeScope();
    }

    /// <param name="image">Of <see cref="Pad"/>.</param>
    /// <returns>(1, 256, H / 8, W / 8).</returns>
    internal Tensor Encode(Tensor image) => features.Forward(image);

    /// <param name="image">Of <see cref="Pad"/>.</param>
    /// <returns>Recurrent state and context before tanh and ReLU, (1, 256, H / 8, W / 8).</returns>
    internal Tensor Context(Tensor image) => context.Forward(image);

    /// <param name="image">The first frame, of <see cref="Pad"/>.</param>
    /// <param name="from">Its features.</param>
    /// <param name="to">The second frame's features.</param>
    /// <returns>The flow at an eighth of the size, (1, 2, H / 8, W / 8), and the recurrent state.</returns>
    internal (Tensor Flow, Tensor State) Iterate(Tensor image, Tensor from, Tensor to, int iterations)
    {
        using DisposeScope scope = NewDisposeScope();
        var correlations = new CorrelationPyramid(from, to);
        Tensor[] halves = Context(image).split(UpdateBlock.Width, 1);
        Tensor state = halves[0].tanh(), own = F.relu(halves[1]);
        (long height, long width) = (from.size(2), from.size(3));
        Tensor grid = stack(
        [
            arange(width, float32, image.device).view(1, -1).expand(height, width),
            arange(height, float32, image.device).view(-1, 1).expand(height, width),
        ]).unsqueeze(0); // (1, 2, h, w), x before y
        Tensor places = grid.clone();
        for (int i = 0; i < iterations; i++)
        {
            (Tensor moved, Tensor next) = Step(correlations, grid, places, state, own);
            (places, state) = (Scratch.Replace(places, moved), Scratch.Replace(state, next));
        }

        return scope.MoveToOuter(places - grid, state);
    }

    /// <summary>The flow at the frame's size, without the padding.</summary>
    internal Tensor Enlarge(Tensor small, Tensor state, long height, long width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor large = update.Upsample(state, small);
        return large.narrow(2, Sides(height).Before, height).narrow(3, Sides(width).Before, width).MoveToOuterDisposeScope();
    }

    private (Tensor Places, Tensor State) Step(CorrelationPyramid correlations, Tensor grid, Tensor places, Tensor state, Tensor own)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor next, Tensor change) = update.Forward(state, own, correlations.Lookup(places), places - grid);
        return scope.MoveToOuter(places + change, next);
    }

    // core/utils/utils.py, InputPadder, its default mode.
    private static (long Before, long After) Sides(long size)
    {
        long missing = (Multiple - (size % Multiple)) % Multiple;
        return (missing / 2, missing - (missing / 2));
    }

    public void Dispose() => owned?.Dispose();
}
