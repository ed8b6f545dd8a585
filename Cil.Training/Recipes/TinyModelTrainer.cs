using System.Globalization;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Training.Datasets;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Recipes;

/// <summary>
/// Makes cil-tiny from nothing: merges and text tower from captions, encoder in closed form, latents, decoder, U-Net and
/// projector, statistics. Every stage leaves a file in the folder and is skipped when the file is there; the long ones
/// resume from their checkpoints.
/// </summary>
public sealed class TinyModelTrainer(SpriteAssets assets, TinyModelOptions options)
{
    private const int ClipsAtOnce = 32;

    private readonly TinyModelData data = new(assets, options);
    private readonly TinyModelFiles files = new(options.Folder);

    /// <summary>Runs all stages and writes the model folder.</summary>
    /// <param name="output">Folder of the finished model.</param>
    /// <param name="progress">Stage and where it stands.</param>
    /// <returns>
    /// False if it was cancelled or a time limit ended a stage early; what is done is kept, and the model is written as it is
    /// so far if the last stages have begun.
    /// </returns>
    public bool Train(string output, Action<string, TrainingProgress?> progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.Folder);
        var stages = new List<(string Name, Func<IProgress<TrainingProgress>, bool> Run)>
        {
            ("text tower", report => Text(report, cancel)),
            ("latents", _ => Latents(cancel)),
            ("decoder", report => Decoder(report, cancel)),
        };
        stages.AddRange(options.Plan.Stages.Select((stage, i) =>
            ($"diffusion, {stage.Name}", (Func<IProgress<TrainingProgress>, bool>)(report => Diffusion(
                stage, i == 0 ? null : options.Plan.Stages[i - 1], report, cancel)))));
        foreach ((string? name, Func<IProgress<TrainingProgress>, bool>? run) in stages)
        {
            progress(name, null);
            if (cancel.IsCancellationRequested || !run(new Reporter(p => progress(name, p))))
            {
                // What is trained so far can be looked at.
                if (options.Plan.Stages.Any(s => File.Exists(files.Checkpoint(s.Name))))
                    new TinyModelExport(files, options.Plan).Write(output);

                return false;
            }
        }

        new TinyModelExport(files, options.Plan).Write(output);
        return true;
    }

    private bool Text(IProgress<TrainingProgress> report, CancellationToken cancel)
    {
        if (File.Exists(files.Text)) return true;

        List<(string Caption, long Class)> captions = data.Captions();
        File.WriteAllText(files.Merges, BpeTrainer.Learn(captions.Select(c => c.Caption), 1000));
        var tokenizer = BpeTokenizer.FromFile(files.Merges);
        using var trainer = new TextTowerTrainer(
            TinyModel.OpenClip(tokenizer.VocabularySize).Text, options.Plan.Words.Count,
            32, options.Seed, Run("text", options.Plan.TextSteps, 2e-3));
        trainer.Run.TryResume();
        using Tensor tokens = tensor(captions.SelectMany(c => tokenizer.Tokenize(c.Caption)).ToArray()).view(
            -1, BpeTokenizer.ContextLength);
        using Tensor classes = tensor(captions.Select(c => c.Class).ToArray());
        trainer.Train(tokens, classes, report, cancel);
        return Finished(trainer.Run, options.Plan.TextSteps, () => SafetensorsWriter.Save(files.Text, trainer.Trained));
    }

    private bool Latents(CancellationToken cancel)
    {
        if (File.Exists(files.Clips)) return true;

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        using var weights = new TrainingWeights(options.Seed, ScalarType.BFloat16, device: options.Device);
        var autoencoder = new KlAutoencoder(
            TinyModel.Autoencoder, TinyModel.LatentChannels, WeightScope.Root(weights, AutoencoderTrainer.Prefix));
        PrincipalEncoder.Fit(
            weights.Parameters, $"{AutoencoderTrainer.Prefix}.", TinyModel.Autoencoder, TinyModel.LatentChannels, data.Sample());
        SafetensorsWriter.Save(
            files.Encoder, weights.Parameters.Where(p => AutoencoderTrainer.IsEncoder(p.Name)).Select(p => (p.Name, p.Master)));
        List<SpriteClip> clips = data.Clips();
        var latents = new List<Tensor>();
        foreach (SpriteClip[] part in clips.Chunk(ClipsAtOnce))
        {
            if (cancel.IsCancellationRequested) return false;

            int first = latents.Count * ClipsAtOnce;
            latents.Add(ClipEncoder.Encode(
                autoencoder, [.. part.Select(c => c.Frames)], TinyModel.Frames, TinyModel.Size, TinyModel.Size,
                ScalarType.BFloat16, options.Device, i => new StepRandom(options.Seed, first + i)));
        }

        var tokenizer = BpeTokenizer.FromFile(files.Merges);
        using var visionWeights = new TrainingWeights(options.Seed, ScalarType.Float32);
        var vision = new VisionTower(
            TinyModel.OpenClip(tokenizer.VocabularySize), WeightScope.Root(visionWeights, ModelNetworks.VisionPrefix));
        SafetensorsWriter.Save(files.Vision, visionWeights.Parameters.Select(p => (p.Name, p.Master)));
        var conditions = new TinyModelConditions(tokenizer, files.Text, vision);
        SafetensorsWriter.Save(files.Clips, conditions.Of(clips).Append(("latents", cat(latents, 0))));
        return true;
    }

    private bool Decoder(IProgress<TrainingProgress> report, CancellationToken cancel)
    {
        using Tensor sample = data.Sample();
        using var trainer = new AutoencoderTrainer(
            TinyModel.Autoencoder, TinyModel.LatentChannels, new AutoencoderTrainerOptions { Seed = options.Seed, Device = options.Device },
            Run("decoder", options.Plan.DecoderSteps, 1e-3), sample);
        trainer.Run.TryResume();
        trainer.Train(data.DecoderPictures, report, cancel);
        return Finished(trainer.Run, options.Plan.DecoderSteps, () => { });
    }

    private bool Diffusion(TinyModelStage stage, TinyModelStage? before, IProgress<TrainingProgress> report, CancellationToken cancel)
    {
        using var file = SafetensorsReader.Open(files.Clips);
        using var clips = new LatentClips
        {
            Latents = file.Read("latents"),
            Text = file.Read("text"),
            EmptyText = file.Read("empty_text"),
            ImageTokens = file.Read("image").unsqueeze_(1),
            EmptyImageTokens = file.Read("empty_image"),
            Fps = TinyModel.Fps,
        };
        using SafetensorsReader? start = before is null ? null : SafetensorsReader.Open(files.Checkpoint(before.Name));
        using var trainer = new DiffusionTrainer(
            TinyModel.UNet,
            TinyModel.Projector,
            TinyModel.Schedule.Build(),
            new DiffusionTrainerOptions
            {
                Seed = options.Seed, Device = options.Device, Batch = stage.Batch, FramesPerClip = stage.FramesPerClip,
                MotionWeight = stage.MotionWeight, LowestTimestep = stage.LowestTimestep,
            },
            Run(stage.Name, stage.Steps, stage.LearningRate) with { AdamW = new AdamWOptions { Beta2 = 0.99 } },
            start is null ? null : name => start.Read(TinyModelExport.AverageMark + name));
        trainer.Run.TryResume();
        trainer.Train(clips, report, cancel);
        return Finished(trainer.Run, stage.Steps, () => { });
    }

    private TrainingRunOptions Run(string name, long steps, double rate) => new()
    {
        Folder = files.Run(name),
        Steps = steps,
        Rate = new LearningRate { Peak = rate, WarmUp = 30, Cosine = true },
        EmaDecay = 0.995,
        CheckpointEvery = options.Plan.CheckpointEvery,
        TimeLimit = options.TimeLimit,
    };

    private static bool Finished(TrainingRun run, long steps, Action then)
    {
        if (run.Step < steps) return false;

        then();
        return true;
    }

    private sealed class Reporter(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }
}
