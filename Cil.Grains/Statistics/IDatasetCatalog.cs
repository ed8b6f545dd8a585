namespace Cil.Grains.Statistics;

/// <summary>The data sets that this deployment's workers can read.</summary>
public interface IDatasetCatalog
{
    IReadOnlyList<string> Names { get; }

    /// <summary>The data set of that name as its list is now, or null.</summary>
    DatasetDescription? Find(string name);
}
