using Cil.Grains.Models;

namespace Cil.Benchmarks.Scale;

/// <summary>A model of which only the plan is looked at: 50 steps, 16 frames of 8 × 8.</summary>
internal sealed class ScaleModel : IModelCatalog
{
    internal const string Name = "sleep";
    internal const int Size = 8, FrameBytes = Size * Size * 3;

    public IReadOnlyList<string> Names { get; } = [Name];

    public ModelDescription? Find(string name) => name == Name
        ? new ModelDescription
        {
            Name = Name, Frames = 16, Width = Size, Height = Size, SizeMultiple = 8,
            Steps = 50, Guidance = 1, Start = 1000, PlaybackFps = 8, HasStatistics = false,
        }
        : null;

    public int StepCount(string model, int steps, int start) => steps;
}
