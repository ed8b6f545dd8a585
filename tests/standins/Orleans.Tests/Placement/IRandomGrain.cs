namespace Orleans.Tests.Placement;

public interface IRandomGrain : IPlacedGrain;
