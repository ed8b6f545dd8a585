using Cil.Client.Jobs;
using Cil.Diffusion.Samplers;
using Cil.Grains.Models;

namespace Cil.Silo.Media;

/// <summary>The models of the silo's catalogue.</summary>
internal sealed class ModelList(IModelCatalog catalog) : IModelList
{
    public IReadOnlyList<ModelInfo> Models { get; } = [.. catalog.Names.Select(name => catalog.Find(name)!).Select(model => new ModelInfo(
        model.Name, model.Width, model.Height, model.SizeMultiple, model.Frames, model.PlaybackFps, model.Steps, model.Guidance, model.Start))];
}
