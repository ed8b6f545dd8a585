using Microsoft.Extensions.Hosting;

namespace Orleans.Runtime;

/// <summary>Runs the silo as long as its host. A host that is disposed without being stopped loses its silo.</summary>
internal sealed class SiloHostedService(Silo silo) : IHostedService, IDisposable
{
    public Task StartAsync(CancellationToken cancellationToken) => silo.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => silo.StopAsync(cancellationToken);

    public void Dispose() => silo.Lose();
}
