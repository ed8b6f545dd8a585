namespace Orleans.Tests.Placement;

public interface ILocalGrain : IPlacedGrain;
