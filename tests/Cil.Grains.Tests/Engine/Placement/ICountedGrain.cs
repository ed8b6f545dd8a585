namespace Cil.Grains.Tests.Engine.Placement;

public interface ICountedGrain : IPlacedGrain;
