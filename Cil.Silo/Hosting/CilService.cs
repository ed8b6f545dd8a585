using System.Net;
using Cil.Api;
using Cil.Api.Identity;
using Cil.Client.Jobs;
using Cil.Diffusion.Devices;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Interfaces;
using Cil.Rendering.Devices;
using Cil.Rendering.Hosting;
using Cil.Silo.Cluster;
using Cil.Silo.Options;
using Cil.Silo.Telemetry;
using Cil.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Hosting;

namespace Cil.Silo.Hosting;

/// <summary>A silo that serves: alone on its data, or one of a cluster.</summary>
public sealed class CilService : IAsyncDisposable
{
    // After the drain: the silo's leave of its cluster, open answers.
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(4), StopSlack = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication application;
    private readonly List<IDisposable> claims;

    private CilService(WebApplication application, List<IDisposable> claims) => (this.application, this.claims) = (application, claims);

    public ICilClient Client => application.Services.GetRequiredService<ICilClient>();

    public IServiceProvider Services => application.Services;

    /// <summary>Where HTTP is answered.</summary>
    public string Url => application.Urls.First();

    /// <summary>Where KEDA is answered; null where it is not.</summary>
    public string? ScalerUrl => CilApi.ScalerUrl(application.Services);

    /// <summary>Starts the silo and waits until it answers; whether it is ready yet, /health/ready says.</summary>
    /// <exception cref="StartRequirementException">The machine lacks what a grid needs.</exception>
    /// <exception cref="SiloNameTakenException">A silo of the cluster has the name.</exception>
    /// <exception cref="ServiceOptionsException">The options have errors.</exception>
    /// <exception cref="DataLockedException">Another grid has the data folder.</exception>
    /// <exception cref="StoreClaimedException">Another grid has the bucket or container.</exception>
    /// <exception cref="Diffusion.Pipelines.ModelFolderException">A model folder has faults.</exception>
    public static async Task<CilService> StartAsync(ServiceOptions options, CancellationToken cancellationToken = default)
    {
        StartRequirements.Check(TimeProvider.System);
        if (new ServiceOptionsValidator().Errors(options).ToArray() is { Length: > 0 } errors) throw new ServiceOptionsException(errors);
        if (ListenPorts.Errors(options) is { Count: > 0 } taken) throw new ServiceOptionsException(taken);
        ClusterChoice cluster = ClusterChoice.Parse(options.Cluster)!;
        var claims = new List<IDisposable>();
        WebApplication? application = null;
        StoreClaim? claim = null;
        try
        {
            if (options.IsFolder)
            {
                claims.Add(
                    cluster.Kind == ClusterKind.None
                        ? await DataLock.TakeAsync(options.Data, cancellationToken)
                        : await DataLock.ShareAsync(options.Data, cluster.Identity(options), cancellationToken));
                claims.Add(SiloNameLock.Take(options.Data, options.Name));
            }

            IBlobStore blobs = await ClusterConnection.OpenBlobsAsync(options, cancellationToken);
            await RequireKeysAsync(options, blobs, cancellationToken);
            if (!options.IsFolder) claim = await StoreClaim.TakeAsync(
                new RetryingBlobStore(blobs, TimeProvider.System),
                cluster.Kind == ClusterKind.None ? $"{cluster.Identity(options)} {Guid.NewGuid():N}" : cluster.Identity(options),
                TimeProvider.System, cancellationToken: cancellationToken);
            application = Build(options, cluster, blobs, claim);
            if (HasTable(cluster))
            {
                await application.Services.GetRequiredService<MembershipProbe>()
                    .RequireFreeNameAsync(options.Name, new IPEndPoint(ClusterProviders.Advertised(options), options.SiloPort));
            }

            await application.StartAsync(cancellationToken);
            // A GPU says by itself when it is full.
            if (options.OpenDevices > 0 && !DeviceCatalog.List()[0].IsCuda) _ = MemoryGuard.Set();
            var service = new CilService(application, claims);
            if (options.IsFolder) claims.Add(ServiceFile.Write(options.Data, options.Name, Reachable(service.Url)));
            return service;
        }
        catch
        {
            if (application is not null) await EndAsync(application.DisposeAsync().AsTask());
            if (claim is not null && cluster.Kind == ClusterKind.None) await EndAsync(claim.ReleaseAsync(CancellationToken.None));
            Release(claims);
            throw;
        }
    }

    /// <summary>
    /// Waits until the process is told to stop, or the silo stops by itself; then drains and stops. A second signal ends the
    /// process at once.
    /// </summary>
    /// <exception cref="DeviceLostException">It has stopped because a device computes no more in this process.</exception>
    /// <exception cref="StoreClaimedException">It has stopped because another grid has taken its bucket or container.</exception>
    public async Task RunAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signals = new StopSignals(stopped);
        await using CancellationTokenRegistration byItself = application.Lifetime.ApplicationStopping.Register(
            () => stopped.TrySetResult());
        await stopped.Task;
        await StopAsync();
        if (Services.GetRequiredService<DeviceLoss>().Reason is { } lost)
            throw new DeviceLostException($"{lost}; this silo has left and is to be started again");
        if (Services.GetService<StoreClaimKeeper>()?.LostTo is { } other)
            throw new StoreClaimedException(other, "a silo that could not say in time that it is alive");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await EndAsync(application.DisposeAsync().AsTask());
        Release(claims);
    }

    private async Task StopAsync()
    {
        // Before any service stops: clients are answered and grains are reached until the devices are free.
        await application.Services.GetRequiredService<WorkerStarter>().DrainAsync(CancellationToken.None);
        await EndAsync(application.StopAsync());
    }

    // A silo whose cluster cannot be reached cannot leave it, and would try for ever; the others find that it is gone.
    private static async Task EndAsync(Task ending)
    {
        try
        {
            await ending.WaitAsync(LeaveTimeout + StopSlack);
        }
        catch (TimeoutException)
        {
            // What is precious is in storage.
        }
        catch (OperationCanceledException)
        {
            // The host's own timeout, which is shorter, was over.
        }
        catch (IOException)
        {
            // Storage is gone too: what was to be told there shows when nobody renews it.
        }
    }

    private static bool HasTable(ClusterChoice cluster) => cluster.Kind is not (ClusterKind.None or ClusterKind.Localhost);

    // Without keys everybody may do everything: then nobody but this machine is to reach it.
    private static async Task RequireKeysAsync(ServiceOptions options, IBlobStore blobs, CancellationToken cancellationToken)
    {
        if (!options.Identity.KnowsCallers
            && !options.Url.Split(';').All(IsLoopback)
            && !await new ApiKeyStore(blobs, TimeProvider.System).AnyAsync(cancellationToken))
        {
            throw new ServiceOptionsException([new RequestError(
                nameof(options.Url),
                $"{options.Url} can be reached from other machines, and there are no keys: make one with 'cil keys create', set "
                    + $"Identity:OperatorKey, or listen at http://127.0.0.1:8300")]);
        }
    }

    private static bool IsLoopback(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.IsLoopback;

    private static WebApplication Build(ServiceOptions options, ClusterChoice cluster, IBlobStore blobs, StoreClaim? claim)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole(
            console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ ", true));
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Cil.Audit", LogLevel.Information)
            .AddFilter("Cil", options.Verbose ? LogLevel.Information : LogLevel.Warning)
                // A worker whose silo is lost cannot be placed, and whoever asks for it is told; this tells of each attempt.
                .AddFilter("Polly", LogLevel.Critical)
                // It recommends another garbage collector at every start.
                .AddFilter("Orleans.Runtime.Silo", LogLevel.Error)
                // Each question of a supervisor while the silo is not ready: WorkerStarter has said why once.
                .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.AddSingleton<DeviceLoss>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LeaveTimeout);
        builder.Services.Configure<WorkerOptions>(workers =>
        {
            workers.DrainTimeout = TimeSpan.FromSeconds(options.DrainSeconds);
            workers.Preload = options.OpenDevices == 0
                ? null
                : options.Preload ?? (options.Models.Count == 1 ? ModelFolder.Read(options.Models[0]).Name : null);
        });
        builder.Services.AddSingleton(
            services => new MembershipProbe(
                HasTable(cluster) ? services.GetRequiredService<Orleans.IMembershipTable>() : null,
                services.GetRequiredService<Orleans.Runtime.ILocalSiloDetails>(),
                services.GetRequiredService<TimeProvider>()));
        builder.Services.AddBlobs(blobs);
        if (claim is not null)
        {
            builder.Services.AddSingleton(
                services => ActivatorUtilities.CreateInstance<StoreClaimKeeper>(services, claim, cluster.Kind != ClusterKind.None));
            builder.Services.AddHostedService(services => services.GetRequiredService<StoreClaimKeeper>());
        }

        builder.Services.AddLocalDevices(options.OpenDevices, [.. options.Models], [.. options.Datasets], options.Class);
        builder.Services.AddGiven(options.Planning)
            .AddGiven(options.Leasing)
            .AddGiven(options.Queue)
            .AddGiven(options.Retention)
            .AddGiven(options.CircuitBreaker)
            .AddGiven(options.Webhooks).AddGiven(options.Outbound);
        builder.UseOrleans(silo =>
        {
            silo.Configure<SiloOptions>(settings => settings.SiloName = options.Name);
            if (cluster.Kind == ClusterKind.None)
            {
                silo.UseLocalhostClustering(
                    FreePort.Find(), FreePort.Find(), primarySiloEndpoint: null, options.ServiceId, options.ClusterId);
            }
            else
                ClusterProviders.Join(silo, options, cluster);
            silo.AddCilSilo();
            SiloTls.Use(silo, options.Tls);
            // Its trace of the log would show prompts.
            if (options.OrleansDashboard) _ = silo.AddDashboard(dashboard => dashboard.HideTrace = true);
            TelemetrySetup.Add(silo, options.Telemetry);
        });
        builder.Configuration.AddInMemoryCollection(TelemetrySetup.Variables());
        TelemetrySetup.Add(builder.Services, options.Telemetry, options.Name);
        builder.Services.AddCilApi(options.Identity);
        if (options.ScalerUrl is { } scaler) builder.Services.AddScaler(scaler);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => CilApi.Limit(kestrel, options.UploadMebibytes));
        builder.WebHost.UseUrls(options.Url.Split(';'));
        WebApplication application = builder.Build();
        application.UseCilApi(options.Identity);
        TelemetrySetup.Use(application, options.Telemetry);
        if (options.OrleansDashboard) _ = application.MapOrleansDashboard("/orleans").RequireAuthorization(Scope.Operator);
        return application;
    }

    private static void Release(List<IDisposable> claims)
    {
        // The name goes before the lock: whoever gets the lock finds nobody.
        foreach (IDisposable claim in claims.AsEnumerable().Reverse()) claim.Dispose();
    }

    // "Any address" is none to connect to.
    private static string Reachable(string url) =>
        url.Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal).Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal);
}
