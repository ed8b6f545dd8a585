namespace Orleans.Tests.Placement;

public interface INamedGrain : IPlacedGrain
{
    Task<string> WhereLocal(string key);
}
