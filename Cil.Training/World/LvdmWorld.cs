using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Training.Datasets;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.World;

/// <summary>
/// DynamiCrafter's and VideoCrafter1's models of the small world. The first has the source's image tower as well; the second, which sees
/// the image through its tokens alone, one that is trained to keep it (<see cref="ImageTowerTrainer"/>).
/// </summary>
internal sealed class LvdmWorld(WorldOptions options, LvdmManifest source) : WorldFamily(options, source)
{
    private const string TowerFile = "tower.safetensors";
    private const int TowerClips = 2000;

    private bool TrainsTower => Options.Family == FamilyName.VideoCrafter1;

    internal override bool Prepare(SpriteDataset dataset, Action<string, TrainingProgress?> progress, CancellationToken cancel)
    {
        if (!TrainsTower || File.Exists(At(TowerFile))) return true;
        const string Stage = "image tower";
        progress(Stage, null);
        using DisposeScope scope = NewDisposeScope();
        (Tensor pictures, Tensor latents) = Pictures(dataset);
        LvdmManifest manifest = WorldModel.Manifest(Source, Options.Family, Tuning.Plain);
        using var trainer = new ImageTowerTrainer(
            manifest.OpenClip, manifest.Resampler, latents.shape[1..], Options.Seed, new TrainingRunOptions
            {
                Folder = At("tower"), Steps = Options.TowerSteps, CheckpointEvery = 100, TimeLimit = Options.TimeLimit,
                Rate = new LearningRate { Peak = 2e-3, WarmUp = 30, Cosine = true },
            });
        trainer.Run.TryResume();
        trainer.Train(pictures, latents, new StageProgress(Stage, progress), cancel);
        if (trainer.Run.Step < Options.TowerSteps) return false;
        SafetensorsWriter.Save(At(TowerFile), trainer.Trained);
        return true;
    }

    internal override bool Encode(string file, SpriteDataset dataset, int count, CancellationToken cancel)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (ModelNetworks networks, CheckpointWeights weights) = Frozen();
        using CheckpointWeights owned = weights;
        using SafetensorsReader? tower = TrainsTower ? SafetensorsReader.Open(At(TowerFile)) : null;
        using CheckpointWeights? trained = tower is null ? null : new CheckpointWeights(tower, CPU, float32);
        OpenClipConfig towers = WorldModel.Manifest(Source, Options.Family, Tuning.Plain).OpenClip;
        VisionTower vision =
            trained is null ? networks.Vision : new VisionTower(towers, WeightScope.Root(trained, ModelNetworks.VisionPrefix));
        var tokenizer = BpeTokenizer.FromFile(Path.Combine(Options.Source, Source.Files.Merges));
        using PatchEncoder encoder = Encoder(networks, dataset);
        List<Tensor> latents = [], text = [], image = [];
        foreach ((int first, SpriteClip[] clips) in Parts(dataset, count))
        {
            if (cancel.IsCancellationRequested) return false;
            using DisposeScope turn = NewDisposeScope();
            for (int i = 0; i < clips.Length; i++)
            {
                using var random = new StepRandom(dataset.Options.Seed, first + i);
                latents.Add(
                    (encoder.Encode(
                        clips[i].Frames, WorldModel.Frames, WorldModel.Size, random) * Source.ScaleFactor).MoveToOuterDisposeScope());
            }

            text.Add(Text([.. clips.Select(clip => clip.Caption)]).MoveToOuterDisposeScope());
            image.Add(Image(FirstFrames(clips)).MoveToOuterDisposeScope());
        }

        SafetensorsWriter.Save(file, new (string, Tensor)[]
        {
            ("latents", stack(latents)), ("text", cat(text, 0)), ("image", cat(image, 0).unsqueeze(1)),
            ("empty_text", Text([""])), ("empty_image", Image(zeros([1, 3, WorldModel.Size, WorldModel.Size]))),
        });
        return true;

        Tensor Text(string[] captions) =>
            networks.Text.Forward(tensor(captions.SelectMany(tokenizer.Tokenize).ToArray()).view(-1, BpeTokenizer.ContextLength));

        Tensor Image(Tensor pixels) => vision.Tokens(ImagePreprocessor.Prepare(pixels, vision.Config.ImageSize));
    }

    internal override bool Train(
        Tuning tuning, string clips, string output, IProgress<TrainingProgress> progress, CancellationToken cancel)
    {
        LvdmManifest manifest = WorldModel.Manifest(Source, Options.Family, tuning);
        using LatentClips encoded = Read(clips);
        using SafetensorsReader? start = Start(tuning);
        using SafetensorsReader? tower = TrainsTower && start is null ? SafetensorsReader.Open(At(TowerFile)) : null;
        using var trainer = new DiffusionTrainer(
            manifest.UNet,
            manifest.Resampler,
            manifest.Schedule.Build(),
            new DiffusionTrainerOptions
            {
                Seed = Options.Seed, Device = Options.Device, Batch = Options.Batch,
                BFloat16 = Options.BFloat16, TimeNoise = tuning == Tuning.TimeNoise ? Options.TimeNoise : null,
                Concatenates = manifest.ConcatenatesImage,
                TokenNoise = manifest.ConcatenatesImage ? ImageTokenNoise.Replace : ImageTokenNoise.Add,
            },
            Run(tuning),
            start is not null ? name => start.Read(AverageMark + name)
                : tower is not null ? name => tower.Find(name) is null ? null : tower.Read(name)
                : null);
        trainer.Run.TryResume();
        trainer.Train(encoded, progress, cancel);
        if (trainer.Run.Step < Steps(tuning)) return false;
        Write(output, manifest, tuning, encoded.Latents);
        return true;
    }

    private (Tensor Pictures, Tensor Latents) Pictures(SpriteDataset dataset)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (ModelNetworks networks, CheckpointWeights weights) = Frozen();
        using CheckpointWeights owned = weights;
        using PatchEncoder encoder = Encoder(networks, dataset);
        Tensor pictures = cat(
            [.. Parts(dataset, Math.Min(TowerClips, Options.Clips)).Select(part => FirstFrames(part.Clips))], 0); // (N, 3, H, W)
        return scope.MoveToOuter(pictures, encoder.Mean(pictures) * Source.ScaleFactor);
    }

    private void Write(string folder, LvdmManifest manifest, Tuning tuning, Tensor latents)
    {
        using DisposeScope scope = NewDisposeScope();
        var weights = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        using (ITensorFile frozen = LvdmCheckpoint.Open(Path.Combine(Options.Source, Source.Files.Weights)))
        {
            foreach (string name in frozen.Names.Where(name => !IsTrained(name))) weights[name] = frozen.Read(name).clone();
        }

        if (TrainsTower)
        {
            using var tower = SafetensorsReader.Open(At(TowerFile));
            foreach (string name in tower.Entries.Keys.Where(IsOfTower)) weights[name] = tower.Read(name);
        }

        using (var trained = SafetensorsReader.Open(Checkpoint(tuning)))
        {
            foreach (string name in trained.Entries.Keys.Where(name => name.StartsWith(AverageMark, StringComparison.Ordinal)))
                weights[name[AverageMark.Length..]] = trained.Read(name).to(ScalarType.Float16);
        }

        Directory.CreateDirectory(folder);
        Export(folder, tuning, latents);
        ModelFolder.Save(
            folder, manifest, weights.Select(weight => (weight.Key, weight.Value)),
            File.ReadLines(Path.Combine(Options.Source, Source.Files.Merges)).Skip(1));
    }

    private static LatentClips Read(string file)
    {
        using var reader = SafetensorsReader.Open(file);
        return new LatentClips
        {
            Latents = reader.Read("latents"),
            Text = reader.Read("text"),
            EmptyText = reader.Read("empty_text"),
            ImageTokens = reader.Read("image"),
            EmptyImageTokens = reader.Read("empty_image"),
            Fps = WorldModel.Fps,
        };
    }

    private bool IsTrained(string name) =>
        name.StartsWith(DiffusionTrainer.NetworkPrefix, StringComparison.Ordinal)
            || name.StartsWith(DiffusionTrainer.ProjectorPrefix, StringComparison.Ordinal)
            || (TrainsTower && IsOfTower(name));

    private static bool IsOfTower(string name) => name.StartsWith(ModelNetworks.VisionPrefix, StringComparison.Ordinal);
}
