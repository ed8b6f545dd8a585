namespace Cil.Grains.Models;

/// <summary>The models that this deployment can render with.</summary>
public interface IModelCatalog
{
    IReadOnlyList<string> Names { get; }

    /// <summary>The model of that name, or null.</summary>
    ModelDescription? Find(string name);
}
