namespace Cil.Grains.Tests.Engine.Placement;

public interface IPlacedGrain : IGrainWithStringKey
{
    Task<string> Where();
}
