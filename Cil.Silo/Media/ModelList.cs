using Cil.Client.Jobs;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Models;
using Cil.Rendering.Models;

namespace Cil.Silo.Media;

/// <summary>The models of the silo's catalogue.</summary>
internal sealed class ModelList(ModelCatalog catalog) : IModelList
{
    public IReadOnlyList<ModelInfo> Models { get; } =
        [.. catalog.Names.Select(name => Describe(catalog.Find(name)!, ModelFolder.Read(catalog.Folder(name))))];

    private static ModelInfo Describe(ModelDescription model, ModelManifest manifest) =>
        new(
            model.Name, model.Width, model.Height, model.SizeMultiple, model.Frames, model.PlaybackFps, model.Steps, model.Guidance,
            model.Start)
        {
            Summary = manifest.Summary,
            Presets = [.. Presets.For(manifest).Select(preset => new ModelPreset(
                preset.Name, preset.Start, preset.AnalyticInit, NeedsStatistics: preset.AnalyticInit && !model.HasStatistics))],
        };
}
