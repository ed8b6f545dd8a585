using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Layers;
using Cil.Training.Datasets;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Evaluation.Features;

/// <summary>
/// A small 3-D convolutional network that tells how a clip of the small world moves, how strongly, and what kind of thing is in
/// it: cil-features. Its Fréchet distance is not FVD and its score not IS, and neither can be compared with theirs.
/// </summary>
public sealed class CilFeatures : IVideoFeatures
{
    /// <summary>Numbers that a video is described by.</summary>
    public const int Width = 32;

    private const double Eps = 1e-5;
    private const float ChangeScale = 4;
    private const string Resource = "cil-features.safetensors";
    private static readonly (long Channels, long[] Stride)[] Stages =
        [(24, [1, 2, 2]), (48, [2, 2, 2]), (64, [1, 2, 2]), (96, [2, 2, 2])];

    private readonly (Tensor Weight, Tensor Bias, Tensor Scale, Tensor Shift, long[] Stride)[] stages;
    private readonly Linear describe, movement, category;
    private readonly IDisposable? owned;

    internal CilFeatures(WeightScope w, IDisposable? owned = null)
    {
        this.owned = owned;
        // Colours, and their change to the next frame.
        long from = 6;
        stages = new (Tensor, Tensor, Tensor, Tensor, long[])[Stages.Length];
        for (int i = 0; i < Stages.Length; i++)
        {
            (long to, long[] stride) = Stages[i];
            WeightScope scope = w.Sub("stages").Sub(i);
            stages[i] = (scope.Get("weight", to, from, 3, 3, 3), scope.Get("bias", to), scope.Get("norm.weight", Initial.NormWeight, to),
                scope.Get("norm.bias", Initial.NormBias, to), stride);
            from = to;
        }

        describe = new Linear(w.Sub("describe"), 2 * from, Width);
        movement = new Linear(w.Sub("movement"), Width, MovementClass.Count);
        category = new Linear(w.Sub("category"), Width, SpriteAssets.Categories.Count);
    }

    public string Name => "cil-features";

    /// <summary>The network that comes with this project: trained by `cil train features`.</summary>
    public static CilFeatures Shipped(Device device)
    {
        using Stream resource = typeof(CilFeatures).Assembly.GetManifestResourceStream(Resource)!;
        byte[] content = new byte[resource.Length];
        resource.ReadExactly(content);
        using ITensorFile file = TensorFiles.FromBytes(Resource, content);
        return Of(file, device);
    }

    /// <summary>Reads what `cil train features` wrote.</summary>
    /// <exception cref="CheckpointException">The file is none of these.</exception>
    public static CilFeatures Open(string path, Device device)
    {
        using ITensorFile file = TensorFiles.Open(path);
        return Of(file, device);
    }

    private static CilFeatures Of(ITensorFile reader, Device device)
    {
        var weights = new CheckpointWeights(reader, device, float32);
        try
        {
            var network = new CilFeatures(WeightScope.Root(weights), weights);
            weights.Verify();
            return network;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <returns>Features (B, 32), and the logits of movement and category together, (B, movements × categories).</returns>
    public (Tensor Features, Tensor Logits) Of(Tensor videos)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = Features(videos);
        (Tensor movements, Tensor categories) = Classes(features);
        // The two are told apart: the probability of both is the product.
        Tensor both = movements.log_softmax(1).unsqueeze(2) + categories.log_softmax(1).unsqueeze(1);
        return scope.MoveToOuter(features, both.flatten(1));
    }

    /// <summary>
    /// Of clips that <see cref="CilFeaturesTrainer.Draw"/> drew, the share whose movement, and whose kind of thing, it tells.
    /// </summary>
    public (double Movement, double Category) Accuracy((Tensor Clips, Tensor Movements, Tensor Categories) data)
    {
        const long AtOnce = 16;
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (double movement, double category) = (0, 0);
        for (long first = 0; first < data.Clips.size(0); first += AtOnce)
        {
            long count = Math.Min(AtOnce, data.Clips.size(0) - first);
            (Tensor movements, Tensor categories) = Classes(Features(VideoTensors.Of(data.Clips.narrow(0, first, count))));
            movement += movements.argmax(1).eq(data.Movements.narrow(0, first, count)).sum().ToDouble();
            category += categories.argmax(1).eq(data.Categories.narrow(0, first, count)).sum().ToDouble();
        }

        return (movement / data.Clips.size(0), category / data.Clips.size(0));
    }

    /// <param name="videos">(B, 3, T, H, W), at least 4 frames.</param>
    /// <returns>(B, 32).</returns>
    internal Tensor Features(Tensor videos)
    {
        using DisposeScope scope = NewDisposeScope();
        long frames = videos.size(2);
        Tensor now = videos.narrow(2, 0, frames - 1), change = videos.narrow(2, 1, frames - 1) - now;
        Tensor x = cat([now, change * ChangeScale], 1); // (B, 6, T - 1, H, W)
        foreach ((Tensor weight, Tensor bias, Tensor scale, Tensor shift, long[] stride) in stages)
        {
            x = F.conv3d(x, weight, bias, stride, [1L, 1L, 1L]);
            x = F.silu(F.group_norm(x, 8, scale, shift, Eps)); // (B, C, t, h, w)
        }

        // The mean, and the most: a thing is a small part of its frames.
        return describe.Forward(cat([x.mean([2, 3, 4]), x.amax([2, 3, 4])], 1)).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of movements and of categories.</summary>
    internal (Tensor Movements, Tensor Categories) Classes(Tensor features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor active = F.silu(features);
        return scope.MoveToOuter(movement.Forward(active), category.Forward(active));
    }

    public void Dispose() => owned?.Dispose();
}
