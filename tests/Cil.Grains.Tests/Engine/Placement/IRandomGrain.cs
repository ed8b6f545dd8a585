namespace Cil.Grains.Tests.Engine.Placement;

public interface IRandomGrain : IPlacedGrain;
