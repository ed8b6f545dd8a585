using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.Training.Datasets;
using Cil.Training.Losses;
using Cil.Training.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.World;

/// <summary>Stable Video Diffusion's models of the small world.</summary>
internal sealed class SvdWorld(WorldOptions options, LvdmManifest source) : WorldFamily(options, source)
{
    // The base has seen the levels that sampling begins with; the published fine-tuning has not.
    private static readonly LogNormal BaseLevels = new(0.7, 1.6);

    // The original's noise on the conditional picture.
    private static readonly LogNormal BasePictureNoise = new(-3, 0.5);

    private PatchEncoder? encoder;

    private string PartsFolder => At("parts");

    internal override bool Prepare(SpriteDataset dataset, Action<string, TrainingProgress?> progress, CancellationToken cancel)
    {
        using IDisposable noGradient = no_grad();
        (ModelNetworks networks, CheckpointWeights weights) = Frozen();
        using CheckpointWeights owned = weights;
        encoder = Encoder(networks, dataset);
        SvdParts.Write(PartsFolder, Options.Source, Source, Options.Seed);
        return true;
    }

    internal override bool Encode(string file, SpriteDataset dataset, int count, CancellationToken cancel)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var reader = SafetensorsReader.Open(Path.Combine(PartsFolder, new SvdFiles().ImageEncoder, SvdParts.TowerWeights));
        using var weights = new CheckpointWeights(reader, CPU, float32);
        var vision = VisionTower.OfTransformers(WorldModel.SvdVision, WorldModel.SvdVision.Width, WeightScope.Root(weights));
        List<Tensor> latents = [], means = [], pictures = [], tokens = [];
        foreach ((int first, SpriteClip[] clips) in Parts(dataset, count))
        {
            if (cancel.IsCancellationRequested) return false;
            using DisposeScope turn = NewDisposeScope();
            for (int i = 0; i < clips.Length; i++)
            {
                using var random = new StepRandom(dataset.Options.Seed, first + i);
                latents.Add(
                    (encoder!.Encode(clips[i].Frames, WorldModel.Frames, WorldModel.Size, random)
                        * Source.ScaleFactor).transpose(0, 1).contiguous().MoveToOuterDisposeScope()); // (T, C, h, w)
            }

            Tensor pixels = FirstFrames(clips);
            pictures.Add(pixels.MoveToOuterDisposeScope());
            means.Add(encoder!.Mean(pixels).MoveToOuterDisposeScope());
            tokens.Add(vision.Pooled(ImagePreprocessor.Prepare(pixels, vision.Config.ImageSize)).unsqueeze(1).MoveToOuterDisposeScope());
        }

        Tensor mean = cat(means, 0);
        SafetensorsWriter.Save(file, new (string, Tensor)[]
        {
            ("latents", stack(latents)), ("mean", mean), ("log_variance", encoder!.LogVariance.expand(mean.shape).contiguous()),
            ("pictures", cat(pictures, 0)), ("tokens", cat(tokens, 0)),
        });
        return true;
    }

    internal override bool Train(
        Tuning tuning, string clips, string output, IProgress<TrainingProgress> progress, CancellationToken cancel)
    {
        bool isBase = tuning == Tuning.Plain;
        using PictureClips encoded = Read(clips);
        using SafetensorsReader? start = Start(tuning);
        SvdUNetConfig network = WorldModel.SvdUNet(Source.LatentChannels);
        using var trainer = new SvdTrainer(
            network,
            new SvdTrainerOptions
            {
                Seed = Options.Seed, Device = Options.Device, Batch = Options.Batch, BFloat16 = Options.BFloat16,
                Levels = isBase ? BaseLevels : EdmLoss.Levels,
                PictureNoise = isBase ? BasePictureNoise : EdmLoss.Levels,
                TimeNoise = tuning == Tuning.TimeNoise ? Options.TimeNoise : null,
                MotionBucket = WorldModel.MotionBucket,
            },
            Run(tuning),
            pictures => encoder!.Mean(pictures.cpu()).to(Options.Device),
            start is null ? null : name => start.Read(AverageMark + name));
        trainer.Run.TryResume();
        trainer.Train(encoded, progress, cancel);
        if (trainer.Run.Step < Steps(tuning)) return false;
        Write(output, network, tuning, encoded.Latents.transpose(1, 2));
        return true;
    }

    private void Write(string folder, SvdUNetConfig network, Tuning tuning, Tensor latents)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (string part in (string[])[new SvdFiles().Autoencoder, new SvdFiles().ImageEncoder])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
            foreach (string file in Directory.GetFiles(Path.Combine(PartsFolder, part)))
                File.Copy(file, Path.Combine(folder, part, Path.GetFileName(file)), overwrite: true);
        }

        using var trained = SafetensorsReader.Open(Checkpoint(tuning));
        SvdParts.WriteUNet(
            folder, network, trained.Entries.Keys.Where(name => name.StartsWith(AverageMark, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).Select(name => (name[AverageMark.Length..], trained.Read(name))));
        Export(folder, tuning, latents);
        // The manifest last: a folder that has one is done.
        WorldModel.SvdManifest(Source, tuning).Write(folder);
    }

    private static PictureClips Read(string file)
    {
        using var reader = SafetensorsReader.Open(file);
        Tensor latents = reader.Read("latents");
        return new PictureClips
        {
            Latents = latents,
            Mean = reader.Read("mean"),
            LogVariance = reader.Read("log_variance"),
            Pictures = reader.Read("pictures"),
            Tokens = reader.Read("tokens"),
            Fps = full([latents.size(0)], WorldModel.Fps, ScalarType.Int64),
        };
    }
}
