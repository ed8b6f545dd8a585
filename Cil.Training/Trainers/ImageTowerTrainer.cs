using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Layers;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Training.Losses;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Cil.Training.Trainers;

/// <summary>
/// Trains a small image tower and its projector to keep the picture in their tokens: from them its latents are read out again,
/// place by place, by attention. VideoCrafter1's tower was trained on pictures and captions; a fresh one says nothing that a
/// fresh U-Net, which sees the image through its tokens alone, could find.
/// </summary>
public sealed class ImageTowerTrainer : IDisposable
{
    private const int Batch = 32;
    private const long Heads = 2;
    private const double Sharpness = 1.4;
    private const string Readout = "readout", Places = "places", Key = "key";
    private const string Attends = $"{DiffusionTrainer.ProjectorPrefix}.layers.0.0";
    private const string Positions = $"{ModelNetworks.VisionPrefix}.positional_embedding";
    private const string Queries = $"{DiffusionTrainer.ProjectorPrefix}.latents";

    private readonly ulong seed;
    private readonly TrainingWeights weights;
    private readonly int towerParameters;
    private readonly VisionTower tower;
    private readonly Resampler projector;
    private readonly Tensor places;
    private readonly Linear key, value, widen, narrow;
    private readonly LayerNorm norm;
    private readonly long[] shape;

    /// <param name="latents">(C, h, w): the shape of a picture's latents.</param>
    public ImageTowerTrainer(OpenClipConfig towers, ResamplerConfig projector, long[] latents, ulong seed, TrainingRunOptions run)
    {
        (this.seed, shape) = (seed, latents);
        long width = projector.OutputDim;
        weights = new TrainingWeights(seed, ScalarType.Float32, name => Start(name, (int)latents[1], width));
        tower = new VisionTower(towers, WeightScope.Root(weights, ModelNetworks.VisionPrefix));
        this.projector = new Resampler(projector, WeightScope.Root(weights, DiffusionTrainer.ProjectorPrefix));
        towerParameters = weights.Parameters.Count;
        var readout = WeightScope.Root(weights, Readout);
        places = readout.Get(Places, Initial.ScaledNormal, 1, latents[1] * latents[2], width);
        key = new Linear(readout.Sub(Key), width, width);
        value = new Linear(readout.Sub("value"), width, width);
        norm = new LayerNorm(readout.Sub("norm"), width);
        widen = new Linear(readout.Sub("widen"), width, width * 4);
        narrow = new Linear(readout.Sub("narrow"), width * 4, latents[0]);
        Run = new TrainingRun(weights.Parameters, run);
    }



    public TrainingRun Run { get; }

    /// <summary>Tower and projector as trained, without the readout, which has done its work.</summary>
    public IEnumerable<(string Name, Tensor Value)> Trained => weights.Parameters.Take(towerParameters).Select(p => (p.Name, p.Master));

    /// <summary>Trains until the end of the run.</summary>
    /// <param name="pictures">(N, 3, H, W) in [-1, 1].</param>
    /// <param name="latents">Their latents, (N, C, h, w).</param>
    public void Train(Tensor pictures, Tensor latents, IProgress<TrainingProgress>? progress, CancellationToken cancel) => Run.Train(
        step =>
        {
            using var random = new StepRandom(seed, step);
            Tensor chosen = random.Integers(0, pictures.size(0), Batch);
            return (Read(pictures.index_select(0, chosen)) - latents.index_select(0, chosen)).square().mean();
        },
        progress,
        cancel);

    public void Dispose()
    {
        Run.Dispose();
        weights.Dispose();
    }

    // The tower's patches, the projector's queries and the readout's places start with the same codes of where they are, and attention by
    // comparing them, so that each looks at its own from the first step on.
    private static Tensor? Start(string name, int side, long width) => name switch
    {
        Positions => cat([zeros(1, width), Codes(side, width)], 0),
        Queries or $"{Readout}.{Places}" => Codes(side, width).unsqueeze(0),
        $"{DiffusionTrainer.ProjectorPrefix}.proj_in.weight" or $"{DiffusionTrainer.ProjectorPrefix}.proj_out.weight"
            or $"{Readout}.{Key}.weight" => eye(width),
        $"{Attends}.to_q.weight" => eye(width) * Sharpness,
        $"{Attends}.to_kv.weight" => cat([eye(width) * Sharpness, eye(width)], 0),
        _ => null,
    };

    // (side², width): waves along both axes, in each of two heads.
    private static Tensor Codes(int side, long width)
    {
        Tensor angles = arange(side, float32).unsqueeze(1) * (arange(1, (width / 4) + 1, float32) * (Math.PI / (2 * side)));
        Tensor waves = stack([angles.cos(), angles.sin()], 2); // (side, width / 4, 2): the waves one after the other
        Tensor down = waves.repeat_interleave(side, 0), across = waves.repeat(side, 1, 1); // (side², width / 4, 2)
        return stack([down, across], 2).flatten(1);
    }

    // (B, 3, H, W) to what its tokens tell of its latents, (B, C, h, w).
    private Tensor Read(Tensor pictures)
    {
        Tensor tokens = projector.Forward(tower.Tokens(ImagePreprocessor.Prepare(pictures, tower.Config.ImageSize))); // (B, n, width)
        Tensor queries = places.expand(tokens.size(0), -1, -1);
        Tensor read = queries + Attention.MultiHead(queries, key.Forward(tokens), value.Forward(tokens), Heads); // (B, h w, width)
        read = narrow.Forward(F.gelu(widen.Forward(norm.Forward(read)))); // (B, h w, C)
        return read.transpose(1, 2).reshape(-1, shape[0], shape[1], shape[2]);
    }
}
