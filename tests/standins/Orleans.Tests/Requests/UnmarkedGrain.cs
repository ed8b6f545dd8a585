namespace Orleans.Tests.Requests;

public sealed class UnmarkedGrain : Grain, IUnmarkedGrain
{
    public Task<int> Take(Unmarked value) => Task.FromResult(value.Number);
}
