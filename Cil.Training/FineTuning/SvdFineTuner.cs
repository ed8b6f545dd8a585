using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.Media.Clips;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.FineTuning;

/// <summary>Fine-tunes Stable Video Diffusion: the U-Net. Captions are not used, and the first frame is always the condition.</summary>
internal sealed class SvdFineTuner(string modelFolder, FineTuningOptions options) : FineTuner
{
    private const string UNetFile = "diffusion_pytorch_model.safetensors";

    private readonly SvdManifest manifest = ModelFolder.Read<SvdManifest>(modelFolder);

    private string ClipsFile => Path.Combine(options.Folder, "clips.safetensors");

    private string WeightsFile => Path.Combine(modelFolder, manifest.WeightFiles[0]);

    public override void Encode(string dataFolder, Action<int, int> progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.Folder);
        if (File.Exists(ClipsFile)) return;

        IReadOnlyList<ClipList.Entry> entries = ClipList.Read(dataFolder);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using SvdNetworks networks = SvdNetworks.Load(manifest, modelFolder, options.Device, ScalarType.Float32);
        List<Tensor> latents = [], means = [], logVariances = [], pictures = [], tokens = [];
        List<long> fps = [];
        int takes = entries.Count * options.Takes;
        for (int i = 0; i < takes; i++)
        {
            cancel.ThrowIfCancellationRequested();
            (byte[] frames, ClipTake take) = ClipTake.Decode(
                Path.Combine(dataFolder, entries[i % entries.Count].File), manifest.Width,
                manifest.Height, manifest.Frames, options.MaxStride, options.Seed, i, cancel);
            using DisposeScope turn = NewDisposeScope();
            Tensor pixels = ClipEncoder.Pixels(frames, manifest.Frames, manifest.Height, manifest.Width).to(options.Device); // (T, 3, H, W)
            (Tensor mean, Tensor logVariance) = networks.Autoencoder.Encode(pixels);
            using var random = new StepRandom(options.Seed, i, options.Device);
            latents.Add(
                ((mean + ((logVariance * 0.5).exp() * random.Noise(mean.shape))) * manifest.Autoencoder.ScalingFactor)
                    .cpu()
                    .MoveToOuterDisposeScope());
            means.Add(mean[0].cpu().MoveToOuterDisposeScope());
            logVariances.Add(logVariance[0].cpu().MoveToOuterDisposeScope());
            Tensor picture = pixels.narrow(0, 0, 1);
            pictures.Add(picture.squeeze(0).cpu().MoveToOuterDisposeScope());
            tokens.Add(
                networks.Vision.Pooled(ImagePreprocessor.Prepare(picture, manifest.Vision.ImageSize))
                    .cpu()
                    .MoveToOuterDisposeScope()); // (1, width)
            fps.Add(take.Fps);
            progress(i + 1, takes);
        }

        SafetensorsWriter.Save(ClipsFile, new (string, Tensor)[]
        {
            ("latents", stack(latents)), ("mean", stack(means)), ("log_variance", stack(logVariances)),
            ("pictures", stack(pictures)), ("tokens", stack(tokens)),
            ("fps", tensor(fps.ToArray())),
        });
    }

    public override bool Train(IProgress<TrainingProgress> progress, CancellationToken cancel)
    {
        using var file = SafetensorsReader.Open(ClipsFile);
        using var clips = new PictureClips
        {
            Latents = file.Read("latents"),
            Mean = file.Read("mean"),
            LogVariance = file.Read("log_variance"),
            Pictures = file.Read("pictures"),
            Tokens = file.Read("tokens"),
            Fps = file.Read("fps"),
        };
        using ITensorFile pictureWeights = SvdNetworks.Open(Path.Combine(modelFolder, manifest.WeightFiles[1]));
        using var owned = new CheckpointWeights(pictureWeights, options.Device, ScalarType.Float32);
        var autoencoder = new SvdAutoencoder(manifest.Autoencoder, WeightScope.Root(owned));
        using ITensorFile start = SvdNetworks.Open(WeightsFile);
        using var trainer = new SvdTrainer(
            manifest.UNet,
            new SvdTrainerOptions
            {
                Seed = options.Seed, Device = options.Device, Batch = options.Batch,
                TimeNoise = options.TimeNoise, MotionBucket = options.MotionBucket,
                TimeContext = manifest.TimeContext, BFloat16 = options.BFloat16, LoraRank = options.LoraRank,
            },
            options.Run(),
            pictures => autoencoder.Encode(pictures).Mean,
            name => start.Read(name));
        trainer.Run.TryResume();
        trainer.Train(clips, progress, cancel);
        return trainer.Run.Step >= options.Steps;
    }

    public override void Export(string output, string name)
    {
        if (options.LoraRank is { } rank)
        {
            ExportLora(output, name, options, rank, modelFolder, manifest);
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        foreach (string part in (string[])[manifest.Files.UNet, manifest.Files.Autoencoder, manifest.Files.ImageEncoder])
        {
            Directory.CreateDirectory(Path.Combine(output, part));
            // Of the parts that were not trained all files: their weights may be an index and what it names.
            IEnumerable<string> files = part == manifest.Files.UNet
                ? [Path.Combine(modelFolder, part, "config.json")]
                : Directory.GetFiles(Path.Combine(modelFolder, part));
            foreach (string file in files) File.Copy(file, Path.Combine(output, part, Path.GetFileName(file)), overwrite: true);
        }

        using ITensorFile weights = SvdNetworks.Open(WeightsFile);
        using var trained = SafetensorsReader.Open(Path.Combine(options.Folder, "checkpoint.safetensors"));
        SafetensorsWriter.Save(
            Path.Combine(output, manifest.Files.UNet, UNetFile),
            weights.Names.Order(StringComparer.Ordinal).Select(key => Averaged(key, weights, trained)));
        SvdManifest tuned = manifest with
        {
            Name = name,
            Tuning = options.TimeNoise is null ? Tuning.Naive : Tuning.TimeNoise,
            Base = manifest.Base ?? manifest.Name,
            // Told as it was in training.
            Sampling = manifest.Sampling with { FpsLessOne = false, MotionBucket = options.MotionBucket },
            Files = manifest.Files with { UNetWeights = null },
        };
        if (manifest.StatisticsFile is { } statistics && File.Exists(Path.Combine(modelFolder, statistics)))
            File.Copy(Path.Combine(modelFolder, statistics), Path.Combine(output, statistics), overwrite: true);
        tuned.Write(output);
        File.Copy(Path.Combine(options.Folder, "loss.svg"), Path.Combine(output, "loss.svg"), overwrite: true);
    }
}
