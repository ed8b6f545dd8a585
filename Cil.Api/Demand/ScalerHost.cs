using Cil.Client.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cil.Api.Demand;

/// <summary>
/// Answers KEDA by gRPC at a port of its own, which leads to nothing else of the service: KEDA has no key, and a policy of the
/// network says who comes there.
/// </summary>
internal sealed class ScalerHost(
    string url, ICilClient client, TimeProvider clock, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private WebApplication? application;

    /// <summary>Where it answers.</summary>
    internal string Url => application!.Urls.First();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers).AddSingleton(client).AddSingleton(clock).AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRouting().AddGrpc();
        // Without TLS HTTP/2 must be agreed on beforehand.
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.WebHost.UseUrls(url);
        application = builder.Build();
        application.UseRouting();
        application.MapGrpcService<ExternalScalerService>();
        await application.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => application?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => application?.DisposeAsync() ?? ValueTask.CompletedTask;

    // Signals are the service's.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
