using Microsoft.Extensions.Hosting;

namespace Cil.Silo.Hosting;

/// <summary>An embedded grid lives as its program says: it takes no signals from it, as the host's own lifetime would.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
