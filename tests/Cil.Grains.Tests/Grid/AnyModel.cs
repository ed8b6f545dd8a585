using Cil.Grains.Models;
using Cil.Grains.Tests.Models;

namespace Cil.Grains.Tests.Grid;

/// <summary>A catalogue that has a model of every name, so that each test has a queue to itself.</summary>
internal sealed class AnyModel : IModelCatalog
{
    public IReadOnlyList<string> Names => [];

    public int StepCount(string model, int steps, int start) => steps;

    public ModelDescription? Find(string name) => FakeCatalog.Tiny with { Name = name };
}
