using Cil.Diffusion.Samplers;
using Cil.Grains.Models;

namespace Cil.Grains.Tests.Models;

/// <summary>A catalogue of one small model.</summary>
public sealed class FakeCatalog(ModelDescription? model = null) : IModelCatalog
{
    private readonly ModelDescription model = model ?? Tiny;

    public static ModelDescription Tiny => new()
    {
        Name = "tiny",
        Frames = 6,
        Width = 16,
        Height = 8,
        SizeMultiple = 8,
        Steps = 7,
        Guidance = 1.5,
        Start = 1000,
        PlaybackFps = 8,
        HasStatistics = true,
    };

    public IReadOnlyList<string> Names => [model.Name];

    public int StepCount(string model, int steps, int start) => steps;

    public ModelDescription? Find(string name) => name == model.Name ? model : null;
}
