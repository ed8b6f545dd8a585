namespace Cil.Grains.Tests.Engine.Requests;

public sealed class UnmarkedGrain : Grain, IUnmarkedGrain
{
    public Task<int> Take(Unmarked value) => Task.FromResult(value.Number);
}
