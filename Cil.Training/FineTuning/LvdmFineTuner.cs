using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Media.Clips;
using Cil.Media.Processes;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.FineTuning;

/// <summary>
/// Fine-tunes a model on a folder of clips: encodes them once, trains U-Net and projector, naive or with TimeNoise (the CIL
/// paper, section 3.2), and writes a model folder. Every part is kept in the run's folder and not done again.
/// </summary>
public sealed class FineTuner(string modelFolder, FineTuningOptions options)
{
    private const string AverageMark = "average.";

    private readonly LvdmManifest manifest = ModelFolder.Read<LvdmManifest>(modelFolder);

    private string ClipsFile => Path.Combine(options.Folder, "clips.safetensors");

    private string WeightsFile => Path.Combine(modelFolder, manifest.Files.Weights);

    /// <summary>Encodes the clips, if that is not done yet.</summary>
    /// <param name="progress">Clips done, and of how many.</param>
    /// <exception cref="ClipListException">The folder is not a data set.</exception>
    /// <exception cref="MediaException">A clip cannot be read or is too short.</exception>
    public void Encode(string dataFolder, Action<int, int> progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.Folder);
        if (File.Exists(ClipsFile)) return;

        IReadOnlyList<ClipList.Entry> entries = ClipList.Read(dataFolder);
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var reader = SafetensorsReader.Open(WeightsFile);
        using var weights = new CheckpointWeights(reader, options.Device, ScalarType.Float32);
        var networks = new ModelNetworks(manifest, weights);
        weights.Verify();
        var tokenizer = BpeTokenizer.FromFile(Path.Combine(modelFolder, manifest.Files.Merges));
        List<Tensor> latents = [], text = [], image = [];
        foreach ((ClipList.Entry? entry, int i) in entries.Select((e, i) => (e, i)))
        {
            cancel.ThrowIfCancellationRequested();
            // The device's thread must not wait elsewhere: this is a program of its own with nothing else to do.
            var frames = ClipDecoder.DecodeAsync(Path.Combine(dataFolder, entry.File), manifest.Width, manifest.Height, manifest.Frames, cancellationToken: cancel).GetAwaiter().GetResult();
            using DisposeScope turn = NewDisposeScope();
            latents.Add(ClipEncoder.Encode(
                networks.Autoencoder, [frames], manifest.Frames, manifest.Height, manifest.Width, ScalarType.Float32, options.Device, _ => new StepRandom(options.Seed, i))
                .mul_(manifest.ScaleFactor).squeeze(0).MoveToOuterDisposeScope());
            text.Add(Text(networks, tokenizer, entry.Caption).MoveToOuterDisposeScope());
            image.Add(Image(networks, ClipEncoder.Pixels(frames, manifest.Frames, manifest.Height, manifest.Width)).MoveToOuterDisposeScope());
            progress(i + 1, entries.Count);
        }

        SafetensorsWriter.Save(ClipsFile, new (string, Tensor)[]
        {
            ("latents", stack(latents)), ("text", cat(text, 0)), ("image", stack(image)),
            ("empty_text", Text(networks, tokenizer, "")),
            ("empty_image", Image(networks, zeros([1, 3, manifest.Height, manifest.Width]))),
        });
    }

    /// <summary>Trains to the last step, from the run's checkpoint if there is one.</summary>
    /// <returns>False if it was cancelled or the time limit ended it; the checkpoint is kept.</returns>
    public bool Train(IProgress<TrainingProgress> progress, CancellationToken cancel)
    {
        using var file = SafetensorsReader.Open(ClipsFile);
        using var clips = new LatentClips
        {
            Latents = file.Read("latents"),
            Text = file.Read("text"),
            EmptyText = file.Read("empty_text"),
            ImageTokens = file.Read("image"),
            EmptyImageTokens = file.Read("empty_image"),
            Fps = manifest.Sampling.Fps,
        };
        using var start = SafetensorsReader.Open(WeightsFile);
        using var trainer = new DiffusionTrainer(
            manifest.UNet,
            manifest.Resampler,
            manifest.Schedule.Build(),
            new DiffusionTrainerOptions { Seed = options.Seed, Device = options.Device, Batch = options.Batch, TimeNoise = options.TimeNoise, TokenNoise = options.TokenNoise, BFloat16 = options.BFloat16 },
            new TrainingRunOptions
            {
                Folder = options.Folder,
                Steps = options.Steps,
                Rate = new LearningRate { Peak = options.LearningRate, WarmUp = options.WarmUp },
                EmaDecay = options.EmaDecay,
                ClipNorm = options.ClipNorm,
                TimeLimit = options.TimeLimit,
                CheckpointEvery = 50,
            },
            name => start.Read(name));
        trainer.Run.TryResume();
        trainer.Train(clips, progress, cancel);
        return trainer.Run.Step >= options.Steps;
    }

    /// <summary>Writes a model folder: the base model with the trained parts' averages, in the precision of the base.</summary>
    /// <param name="name">The model's name.</param>
    public void Export(string output, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var weights = SafetensorsReader.Open(WeightsFile);
        using var trained = SafetensorsReader.Open(Path.Combine(options.Folder, "checkpoint.safetensors"));
        IEnumerable<(string key, Tensor)> tensors = weights.Entries.Keys.Order(StringComparer.Ordinal).Select(key =>
        {
            Tensor original = weights.Read(key);
            return (key, trained.Has(AverageMark + key) ? trained.Read(AverageMark + key).to(original.dtype) : original);
        });
        ModelFolder.Save(output, manifest with { Name = name }, tensors, File.ReadLines(Path.Combine(modelFolder, manifest.Files.Merges)).Skip(1));
        if (manifest.Files.Statistics is { } statistics && File.Exists(Path.Combine(modelFolder, statistics)))
        {
            File.Copy(Path.Combine(modelFolder, statistics), Path.Combine(output, statistics), overwrite: true);
        }

        File.Copy(Path.Combine(options.Folder, "loss.svg"), Path.Combine(output, "loss.svg"), overwrite: true);
    }

    private Tensor Text(ModelNetworks networks, BpeTokenizer tokenizer, string caption) =>
        networks.Text.Forward(tensor(tokenizer.Tokenize(caption)).unsqueeze(0).to(options.Device)).cpu(); // (1, 77, width)

    // Pictures (N, 3, H, W) to their tokens.
    private Tensor Image(ModelNetworks networks, Tensor pixels) =>
        networks.Vision.Tokens(ImagePreprocessor.Prepare(pixels.to(options.Device), networks.Vision.Config.ImageSize)).cpu(); // (N, n, width)
}
