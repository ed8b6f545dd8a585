namespace Cil.Grains.Tests.Engine.Placement;

public interface INamedGrain : IPlacedGrain
{
    Task<string> WhereLocal(string key);
}
