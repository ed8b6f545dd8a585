namespace Orleans.Tests.Placement;

public interface IPlacedGrain : IGrainWithStringKey
{
    Task<string> Where();
}
