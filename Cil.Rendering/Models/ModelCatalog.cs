using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Samplers;
using Cil.Grains.Models;
using Cil.Interfaces.Chunks;

namespace Cil.Rendering.Models;

/// <summary>The model folders of this machine, by name.</summary>
public sealed class ModelCatalog : IModelCatalog
{
    private readonly Dictionary<string, (string Folder, ModelDescription Description)> models = new(StringComparer.Ordinal);

    /// <exception cref="ModelFolderException">A folder's manifest has faults.</exception>
    public ModelCatalog(IEnumerable<string> folders)
    {
        foreach (string folder in folders)
        {
            ModelManifest manifest = ModelFolder.Read(folder);
            models[manifest.Name] = (folder, Describe(folder, manifest));
        }
    }

    public IReadOnlyList<string> Names => models.Keys.ToList();

    public ModelDescription? Find(string name) =>
        models.TryGetValue(name, out (string Folder, ModelDescription Description) model) ? model.Description : null;

    public int StepCount(string model, int steps, int start) => ModelFolder.Read(Folder(model)).StepCount(steps, start);

    /// <summary>Where a model lies.</summary>
    /// <exception cref="ModelFolderException">There is no such model.</exception>
    public string Folder(string name) => models.TryGetValue(name, out (string Folder, ModelDescription Description) model)
        ? model.Folder
        : throw new ModelFolderException($"model '{name}' is not there; there are: {string.Join(", ", Names)}");

    private static ModelDescription Describe(string folder, ModelManifest manifest) => new()
    {
        Name = manifest.Name,
        Frames = manifest.Frames,
        Width = manifest.Width,
        Height = manifest.Height,
        SizeMultiple = manifest.SizeMultiple,
        Steps = manifest.Defaults.Steps,
        Guidance = manifest.Defaults.GuidanceScale,
        Start = manifest.Defaults.Start,
        AutomaticStart = AutomaticStart.Of(manifest, folder),
        HighestStart = manifest.HighestStart,
        StepLimit = manifest.StepLimit,
        DecodeChunk = manifest.DecodeChunk,
        PlaybackFps = manifest.Defaults.PlaybackFps,
        HasMotionBucket = manifest.Family == FamilyName.StableVideoDiffusion,
        GuidesImageApart = manifest.Family != FamilyName.StableVideoDiffusion,
        PeakBytes = plan => manifest.PeakBytes(
            new RenderSize(
                plan.Windows.Select(window => window.Count).DefaultIfEmpty(plan.Frames).Max(),
                plan.Height, plan.Width, plan.FramesPerDecode,
                IsBFloat16: Precision.Parse(plan.Precision) == Precision.BFloat16, plan.BatchGuidance, plan.WholeStepInterval > 0),
            folder),
        CountTokens = manifest is LvdmManifest { ReadsPrompt: true } reader
            ? TokenCounter(Path.Combine(folder, reader.Files.Merges))
            : null,
        // Those of the context, without start and end.
        MostTokens = BpeTokenizer.ContextLength - 2,
        HasStatistics = manifest.StatisticsFile is { } file && File.Exists(Path.Combine(folder, file)),
    };

    // Read when the first prompt comes. A file that is missing or damaged is told by the job that binds the model.
    private static Func<string, int> TokenCounter(string merges)
    {
        var tokenizer = new Lazy<BpeTokenizer>(() => BpeTokenizer.FromFile(merges));
        return text =>
        {
            try
            {
                return tokenizer.Value.Encode(text).Count;
            }
            catch (CheckpointException)
            {
                return 0;
            }
        };
    }
}
