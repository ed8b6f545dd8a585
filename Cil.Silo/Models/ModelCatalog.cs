using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Samplers;
using Cil.Grains.Models;

namespace Cil.Silo.Models;

/// <summary>The model folders of this machine, by name.</summary>
public sealed class ModelCatalog : IModelCatalog
{
    private readonly Dictionary<string, (string Folder, ModelDescription Description)> models = new(StringComparer.Ordinal);

    /// <exception cref="ModelFolderException">A folder's manifest has faults.</exception>
    public ModelCatalog(IEnumerable<string> folders)
    {
        foreach (string folder in folders)
        {
            ModelManifest manifest = ModelManifest.Read(folder);
            models[manifest.Name] = (folder, Describe(folder, manifest));
        }
    }

    public IReadOnlyList<string> Names => models.Keys.ToList();

    public ModelDescription? Find(string name) => models.TryGetValue(name, out var model) ? model.Description : null;

    public int StepCount(string model, int steps, int start) => DdimGrid.Timesteps(ModelManifest.Read(Folder(model)).Sampling.Spacing, steps, start).Length;

    /// <summary>Where a model lies.</summary>
    /// <exception cref="ModelFolderException">There is no such model.</exception>
    public string Folder(string name) => models.TryGetValue(name, out var model)
        ? model.Folder
        : throw new ModelFolderException($"model '{name}' is not there; there are: {string.Join(", ", Names)}");

    private static ModelDescription Describe(string folder, ModelManifest manifest) => new()
    {
        Name = manifest.Name,
        Frames = manifest.Frames,
        Width = manifest.Width,
        Height = manifest.Height,
        SizeMultiple = manifest.SizeMultiple,
        Steps = manifest.Sampling.Steps,
        Guidance = manifest.Sampling.GuidanceScale,
        Start = manifest.Sampling.Start,
        PlaybackFps = manifest.Sampling.PlaybackFps,
        HasStatistics = manifest.Files.Statistics is { } file && File.Exists(Path.Combine(folder, file)),
    };
}
