using Cil.TestKit.Storage;

namespace Cil.Storage.Tests;

/// <summary>Azurite for one test class. Where it cannot be installed, the tests fail with npm's words rather than being skipped.</summary>
public sealed class Azurite : IAsyncLifetime
{
    private AzuriteServer? server;

    public string ConnectionString => Through(Blobs);

    internal Uri Blobs => server!.Blobs;

    public async Task InitializeAsync() => server = await AzuriteServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }

    /// <summary>The connection string of one whose blobs are reached at another address.</summary>
    internal string Through(Uri blobs) => AzuriteServer.Connection(blobs, server!.Tables);
}
