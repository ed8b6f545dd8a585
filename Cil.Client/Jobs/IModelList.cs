namespace Cil.Client.Jobs;

/// <summary>The models that a service renders with.</summary>
public interface IModelList
{
    IReadOnlyList<ModelInfo> Models { get; }
}
