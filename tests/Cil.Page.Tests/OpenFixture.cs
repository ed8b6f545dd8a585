namespace Cil.Page.Tests;

/// <summary>A service without keys, which serves its own machine.</summary>
public sealed class OpenFixture : IAsyncLifetime
{
    internal PageService Service { get; } = new();

    public async Task InitializeAsync() => _ = await Service.StartAsync();

    public async Task DisposeAsync() => await Service.DisposeAsync();
}
