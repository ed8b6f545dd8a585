namespace Cil.Grains.Models;

/// <summary>The models that this deployment can render with.</summary>
public interface IModelCatalog
{
    IReadOnlyList<string> Names { get; }

    /// <summary>The model of that name, or null.</summary>
    ModelDescription? Find(string name);

    /// <summary>Steps that a model's sampler takes when it is asked for so many from time M; can be a few more.</summary>
    int StepCount(string model, int steps, int start);
}
