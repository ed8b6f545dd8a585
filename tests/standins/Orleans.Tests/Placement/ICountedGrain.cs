namespace Orleans.Tests.Placement;

public interface ICountedGrain : IPlacedGrain;
