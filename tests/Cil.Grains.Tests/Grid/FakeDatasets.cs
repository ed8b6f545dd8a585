using Cil.Grains.Statistics;

namespace Cil.Grains.Tests.Grid;

/// <summary>Data sets of seven clips under every name; a test says when a list changes.</summary>
internal sealed class FakeDatasets : IDatasetCatalog
{
    internal const int Clips = 7;

    internal string Hash { get; set; } = "list";

    public IReadOnlyList<string> Names => ["any"];

    public DatasetDescription? Find(string name) => name == "missing" ? null : new DatasetDescription(name, Clips, Hash);
}
