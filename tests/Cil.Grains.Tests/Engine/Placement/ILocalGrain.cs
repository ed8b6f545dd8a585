namespace Cil.Grains.Tests.Engine.Placement;

public interface ILocalGrain : IPlacedGrain;
