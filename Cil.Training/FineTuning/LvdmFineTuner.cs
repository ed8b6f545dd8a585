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

/// <summary>Fine-tunes DynamiCrafter and VideoCrafter1: the U-Net and the image projector.</summary>
internal sealed class LvdmFineTuner(string modelFolder, FineTuningOptions options) : FineTuner
{

    private readonly LvdmManifest manifest = ModelFolder.Read<LvdmManifest>(modelFolder);

    private ConditionFrame ConditionFrame => options.ConditionFrame ?? manifest.ConditionFrame;

    private string ClipsFile => Path.Combine(options.Folder, "clips.safetensors");

    private string WeightsFile => Path.Combine(modelFolder, manifest.Files.Weights);

    public override void Encode(string dataFolder, Action<int, int> progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.Folder);
        if (File.Exists(ClipsFile)) return;

        IReadOnlyList<ClipList.Entry> entries = ClipList.Read(dataFolder);
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using ITensorFile reader = LvdmCheckpoint.Open(WeightsFile);
        using var weights = new CheckpointWeights(reader, options.Device, ScalarType.Float32);
        var networks = new ModelNetworks(manifest, weights);
        weights.Verify(ignored: LvdmLeftovers.Contains);
        var tokenizer = BpeTokenizer.FromFile(Path.Combine(modelFolder, manifest.Files.Merges));
        List<Tensor> latents = [], text = [], image = [];
        List<long> fps = [];
        int takes = entries.Count * options.Takes, told = ConditionFrame == ConditionFrame.First ? 1 : manifest.Frames;
        for (int i = 0; i < takes; i++)
        {
            cancel.ThrowIfCancellationRequested();
            ClipList.Entry entry = entries[i % entries.Count];
            (byte[] frames, ClipTake take) = ClipTake.Decode(
                Path.Combine(dataFolder, entry.File), manifest.Width, manifest.Height,
                manifest.Frames, options.MaxStride, options.Seed, i, cancel);
            fps.Add(manifest.FpsIsStride ? take.Stride : take.Fps);
            using DisposeScope turn = NewDisposeScope();
            latents.Add(ClipEncoder.Encode(
                networks.Autoencoder, [frames], manifest.Frames, manifest.Height, manifest.Width,
                ScalarType.Float32, options.Device, _ => new StepRandom(options.Seed, i))
                .mul_(manifest.ScaleFactor).squeeze(0).MoveToOuterDisposeScope());
            text.Add(Text(networks, tokenizer, entry.Caption).MoveToOuterDisposeScope());
            image.Add(
                Image(
                    networks,
                    ClipEncoder.Pixels(frames, manifest.Frames, manifest.Height, manifest.Width)
                        .narrow(0, 0, told)).MoveToOuterDisposeScope());
            progress(i + 1, takes);
        }

        SafetensorsWriter.Save(ClipsFile, new (string, Tensor)[]
        {
            ("latents", stack(latents)), ("text", cat(text, 0)), ("image", stack(image)), ("fps", tensor(fps.ToArray())),
            ("empty_text", Text(networks, tokenizer, "")),
            ("empty_image", Image(networks, zeros([1, 3, manifest.Height, manifest.Width]))),
        });
    }

    public override bool Train(IProgress<TrainingProgress> progress, CancellationToken cancel)
    {
        using var file = SafetensorsReader.Open(ClipsFile);
        Tensor images = file.Read("image"); // (N, K, n, width)
        bool isFirst = ConditionFrame == ConditionFrame.First;
        if (!isFirst && images.size(1) < manifest.Frames)
        {
            throw new TrainingException(
                $"{ClipsFile}: condition frame: encoded for {images.size(1)} of {manifest.Frames} frames, and any of them is to be "
                    + $"the condition; encode anew in another folder");
        }

        using var clips = new LatentClips
        {
            Latents = file.Read("latents"),
            Text = file.Read("text"),
            EmptyText = file.Read("empty_text"),
            ImageTokens = isFirst ? images.narrow(1, 0, 1) : images,
            EmptyImageTokens = file.Read("empty_image"),
            Fps = manifest.Sampling.Fps,
            // Clips that an earlier version encoded have no rate of their own.
            ClipFps = file.Find("fps") is null ? null : file.Read("fps"),
        };
        using ITensorFile start = LvdmCheckpoint.Open(WeightsFile);
        using var trainer = new DiffusionTrainer(
            manifest.UNet,
            manifest.Resampler,
            manifest.Schedule.Build(),
            new DiffusionTrainerOptions
            {
                Seed = options.Seed, Device = options.Device, Batch = options.Batch,
                TimeNoise = options.TimeNoise, TokenNoise = options.TokenNoise,
                Concatenates = manifest.ConcatenatesImage, BFloat16 = options.BFloat16, LoraRank = options.LoraRank,
            },
            options.Run(),
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
        using ITensorFile weights = LvdmCheckpoint.Open(WeightsFile);
        using var trained = SafetensorsReader.Open(Path.Combine(options.Folder, "checkpoint.safetensors"));
        IEnumerable<(string key, Tensor)> tensors = weights.Names.Where(key => !LvdmLeftovers.Contains(key))
            .Order(StringComparer.Ordinal)
            .Select(key => Averaged(key, weights, trained));
        Tuning tuning = options.TimeNoise is null ? Tuning.Naive : Tuning.TimeNoise;
        LvdmManifest tuned = manifest with
        {
            Name = name,
            Tuning = tuning,
            Base = manifest.Base ?? manifest.Name,
            Files = manifest.Files with { Weights = new ModelFiles().Weights },
        };
        ModelFolder.Save(output, tuned, tensors, []);
        // As it is: of an imported model it may be compressed.
        File.Copy(Path.Combine(modelFolder, manifest.Files.Merges), Path.Combine(output, manifest.Files.Merges), overwrite: true);
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
        networks.Vision.Tokens(
            ImagePreprocessor.Prepare(pixels.to(options.Device), networks.Vision.Config.ImageSize)).cpu(); // (N, n, width)
}
