using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Training.Datasets;
using Cil.Training.Runs;

namespace Cil.Training.World;

/// <summary>
/// Trains the small world: a base model on clips of all strengths, and two that are fine-tuned from it on clips that move
/// little, naive and with TimeNoise, in the same order of data and from the same seed. What a run has left is not done again;
/// each training resumes from its checkpoint.
/// </summary>
public sealed class WorldTrainer
{
    private readonly SpriteAssets assets;
    private readonly WorldOptions options;
    private readonly WorldFamily family;

    /// <exception cref="ModelFolderException">The source is no model of the DynamiCrafter family.</exception>
    /// <exception cref="TrainingException">There is no such system as <see cref="WorldOptions.Family"/>.</exception>
    public WorldTrainer(SpriteAssets assets, WorldOptions options)
    {
        this.options = options;
        this.assets = assets;
        family = WorldFamily.Of(options, ModelFolder.Read<LvdmManifest>(options.Source));
    }

    /// <summary>Trains all three models and writes each when it is done.</summary>
    /// <param name="output">Folder of the models: base, naive and timenoise.</param>
    /// <param name="progress">Stage and where it stands; null when it begins.</param>
    /// <returns>False if it was cancelled or a time limit ended a training; what is done is kept.</returns>
    public bool Train(string output, Action<string, TrainingProgress?> progress, CancellationToken cancel)
    {
        Directory.CreateDirectory(options.Folder);
        SpriteDataset all = WorldClips.Base(assets, options.Seed);
        return family.Prepare(all, progress, cancel)
            && Clips("clips", all, options.Clips, progress, cancel)
            && Clips("web-clips", WorldClips.Web(assets, options.Seed + 1), options.TuningClips, progress, cancel)
            && Model(output, Tuning.Plain, progress, cancel)
            && Model(output, Tuning.Naive, progress, cancel)
            && Model(output, Tuning.TimeNoise, progress, cancel);
    }

    /// <summary>The folder of a model of a world.</summary>
    public static string Folder(string world, Tuning tuning) => Path.Combine(world, WorldFamily.Name(tuning));

    private bool Clips(string name, SpriteDataset dataset, int count, Action<string, TrainingProgress?> progress, CancellationToken cancel)
    {
        if (File.Exists(Encoded(name))) return true;
        progress(name, null);
        return family.Encode(Encoded(name), dataset, count, cancel);
    }

    private bool Model(string output, Tuning tuning, Action<string, TrainingProgress?> progress, CancellationToken cancel)
    {
        if (File.Exists(Path.Combine(Folder(output, tuning), ModelManifest.FileName))) return true;
        string name = WorldFamily.Name(tuning);
        progress(name, null);
        return family.Train(
            tuning, Encoded(tuning == Tuning.Plain ? "clips" : "web-clips"), Folder(output, tuning),
            new StageProgress(name, progress), cancel);
    }

    private string Encoded(string name) => Path.Combine(options.Folder, $"{name}.safetensors");
}
