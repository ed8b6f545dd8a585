using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Layers;
using Cil.Evaluation.Features;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.C3d;

/// <summary>
/// C3D with the 101 classes of UCF101 (Tran et al., 2015, arXiv 1412.0767; pfnet-research/tgan2, tgan2/models/c3d/c3d_ucf101.py,
/// C3DVersion1UCF101). The score of its classes is the Inception Score of videos.
/// </summary>
public sealed class C3dNetwork : IVideoFeatures
{
    /// <summary>Its clips have this many frames, no more and no fewer.</summary>
    public const int Frames = 16;

    private const long Side = 112, Classes = 101, Width = 4096, LastChannels = 512, LastSide = 4;

    // The mean is of larger frames, of which the original takes a part that is not the middle.
    private const long MeanHeight = 128, MeanWidth = 171, MeanFrom = 8;

    // The original's inputs are 128 times those in [-1, 1], less the mean of pixels from 0 to 255.
    private const double Half = 128;

    private static readonly long[] FlatPool = [1, 2, 2], Pool = [2, 2, 2];

    private readonly Conv3d conv1, conv2, conv3a, conv3b, conv4a, conv4b, conv5a, conv5b;
    private readonly Linear fc6, fc7, fc8;
    private readonly Tensor shift;
    private readonly IDisposable? owned;

    /// <param name="mean">Mean pixels of its training, blue, green, red, (3, 16, 128, 171), from 0 to 255.</param>
    internal C3dNetwork(WeightScope w, Tensor mean, IDisposable? owned = null)
    {
        this.owned = owned;
        (conv1, conv2) = (Convolution("conv1a", 3, 64), Convolution("conv2a", 64, 128));
        (conv3a, conv3b) = (Convolution("conv3a", 128, 256), Convolution("conv3b", 256, 256));
        (conv4a, conv4b) = (Convolution("conv4a", 256, 512), Convolution("conv4b", 512, 512));
        (conv5a, conv5b) = (Convolution("conv5a", 512, LastChannels), Convolution("conv5b", LastChannels, LastChannels));
        fc6 = new Linear(w.Sub("fc6"), LastChannels * LastSide * LastSide, Width);
        fc7 = new Linear(w.Sub("fc7"), Width, Width);
        fc8 = new Linear(w.Sub("fc8"), Width, Classes);
        using DisposeScope scope = NewDisposeScope();
        shift = (Half - mean.narrow(2, MeanFrom, Side).narrow(3, MeanFrom, Side)).DetachFromDisposeScope();

        Conv3d Convolution(string name, long from, long to) => new(w.Sub(name), from, to);
    }

    public string Name => "C3D";

    public string ScoreName => "IS";

    /// <summary>
    /// Reads the parameters from the original's .npz (conv1a/W, conv1a/b), or from a state dict or TorchScript archive with its names
    /// (conv1a.weight, conv1a.bias), and the mean from its own file.
    /// </summary>
    /// <param name="meanPath">The original's mean2.npz: `mean`, (3, 16, 128, 171).</param>
    /// <exception cref="CheckpointException">Of another network; lists all that is missing, misshapen or spare.</exception>
    public static C3dNetwork Open(string path, string meanPath, Device device)
    {
        using ITensorFile file = TensorFiles.Open(path), meanFile = TensorFiles.Open(meanPath);
        using var means = new CheckpointWeights(meanFile, device, float32);
        Tensor mean = means.Get("mean", [3, Frames, MeanHeight, MeanWidth], Initial.Uniform);
        means.Verify();
        return NetworkFile.Load(C3dNames.Rename(file), device, (weights, owned) => new C3dNetwork(weights, mean, owned));
    }

    /// <summary>The second hidden layer, and the logits of the classes.</summary>
    /// <param name="videos">(B, 3, 16, H, W) in [-1, 1]; resized to 112 × 112 bilinearly, corner to corner, without cropping.</param>
    /// <returns>(B, 4096) and (B, 101).</returns>
    /// <exception cref="ArgumentException">Another number of frames.</exception>
    public (Tensor Features, Tensor Logits) Of(Tensor videos)
    {
        if (videos.size(2) != Frames)
            throw new ArgumentException($"videos: C3D takes {Frames} frames, got {videos.size(2)}.", nameof(videos));
        using DisposeScope scope = NewDisposeScope();
        Tensor h = F.relu(conv1.Forward(Prepare(videos)));
        h = Scratch.Replace(h, F.relu(conv2.Forward(MaxPool(h, FlatPool))));
        h = Scratch.Replace(h, F.relu(conv3a.Forward(MaxPool(h, Pool))));
        h = Scratch.Replace(h, F.relu(conv3b.Forward(h)));
        h = Scratch.Replace(h, F.relu(conv4a.Forward(MaxPool(h, Pool))));
        h = Scratch.Replace(h, F.relu(conv4b.Forward(h)));
        h = Scratch.Replace(h, F.relu(conv5a.Forward(MaxPool(h, Pool))));
        h = Scratch.Replace(h, F.relu(conv5b.Forward(h)));
        h = MaxPool(h, Pool).flatten(1); // (B, 512 × 1 × 4 × 4)
        Tensor features = F.relu(fc7.Forward(F.relu(fc6.Forward(h))));
        return scope.MoveToOuter(features, fc8.Forward(features));
    }

    /// <summary>What the first convolution sees: blue, green and red, less the mean.</summary>
    /// <returns>(B, 3, 16, 112, 112).</returns>
    internal Tensor Prepare(Tensor videos)
    {
        using DisposeScope scope = NewDisposeScope();
        long count = videos.size(0);
        Tensor pictures = videos.flip(1).transpose(1, 2).flatten(0, 1) * Half; // (B T, 3, H, W)
        // Chainer's resize_images: the corners of both pictures lie on one another.
        Tensor resized = F.interpolate(pictures, [Side, Side], mode: InterpolationMode.Bilinear, align_corners: true);
        return (resized.view(count, Frames, 3, Side, Side).transpose(1, 2) + shift).contiguous().MoveToOuterDisposeScope();
    }

    // Chainer's cover_all: a rest at the end is pooled too.
    private static Tensor MaxPool(Tensor x, long[] window) => F.max_pool3d(x, window, window, ceil_mode: true);

    public void Dispose()
    {
        shift.Dispose();
        owned?.Dispose();
    }

    private sealed class Conv3d(WeightScope w, long from, long to)
    {
        private static readonly long[] Padding = [1, 1, 1];
        private readonly Tensor weight = w.Get("weight", to, from, 3, 3, 3), bias = w.Get("bias", to);

        internal Tensor Forward(Tensor x) => F.conv3d(x, weight, bias, padding: Padding);
    }
}
