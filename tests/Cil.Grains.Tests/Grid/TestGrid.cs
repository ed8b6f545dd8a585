using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Cil.Api.Health;
using Cil.Client.Jobs;
using Cil.Diffusion.Autoencoders;
using Cil.Grains.Blobs;
using Cil.Grains.Frames;
using Cil.Grains.Jobs;
using Cil.Grains.Leases;
using Cil.Grains.Models;
using Cil.Grains.Queue;
using Cil.Grains.Statistics;
using Cil.Grains.Tests.Jobs;
using Cil.Grains.Workers;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Statistics;
using Cil.Interfaces.Tenants;
using Cil.Interfaces.Webhooks;
using Cil.Interfaces.Workers;
using Cil.Silo.Hosting;
using Cil.Silo.Media;
using Cil.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Cil.Grains.Tests.Grid;

/// <summary>
/// The real grains in a real silo over a real folder, with the two leaves in the test's hand: what a device renders and
/// what time it is. A test may also play a worker itself, by the calls that a worker makes.
/// </summary>
public sealed class TestGrid : IAsyncDisposable
{
    internal const string Silo = "test";
    private readonly Func<IHost> build;
    private readonly string folder;
    private IHost host;

    private TestGrid(
        Func<IHost> build, string folder, QueueOptions waiting, FakeTimeProvider clock,
        FakeEncoder encoder, WatchedBlobs blobs, FakeDatasets datasets, FakeDevices devices)
    {
        (this.build, host, this.folder, Waiting) = (build, build(), folder, waiting);
        (Clock, Encoder, Blobs, Datasets, DeviceHost) = (clock, encoder, blobs, datasets, devices);
    }

    internal FakeTimeProvider Clock { get; }

    internal FakeEncoder Encoder { get; }

    internal FakeDevices DeviceHost { get; }

    internal IReadOnlyList<FakeRenderer> Devices => DeviceHost.Renderers;

    internal static LeaseOptions Leasing => new();

    /// <summary>The queue's settings, which a test may change.</summary>
    internal QueueOptions Waiting { get; }

    /// <summary>How long things are kept, which a test may change.</summary>
    internal RetentionOptions Retention => host.Services.GetRequiredService<IOptions<RetentionOptions>>().Value;

    internal ICilClient Client => host.Services.GetRequiredService<ICilClient>();

    internal IMeterFactory Meters => host.Services.GetRequiredService<IMeterFactory>();

    internal Readiness Readiness => host.Services.GetRequiredService<Readiness>();

    internal WatchedBlobs Blobs { get; }

    internal FakeDatasets Datasets { get; }

    internal IWorkQueueGrain Queue => Grains.GetGrain<IWorkQueueGrain>(0);

    private IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    /// <param name="devices">Devices with a worker each; none for a test that plays the workers.</param>
    /// <param name="configure">Settings that are not the standard ones; null for none.</param>
    internal static async Task<TestGrid> StartAsync(int devices, Action<IServiceCollection>? configure = null)
    {
        string folder = Directory.CreateTempSubdirectory("cil-test-grid-").FullName;
        var clock = new FakeTimeProvider(Jobs.Sample.Noon);
        var encoder = new FakeEncoder();
        var datasets = new FakeDatasets();
        var waiting = new QueueOptions();
        var host = new FakeDevices([.. Enumerable.Range(0, devices).Select(_ => new FakeRenderer())]);
        var blobs = new WatchedBlobs(new FileBlobStore(folder));
        var grid = new TestGrid(
            () => Build(waiting, clock, encoder, blobs, datasets, host, configure), folder, waiting, clock, encoder, blobs, datasets, host);
        await grid.host.StartAsync();
        return grid;
    }

    private static IHost Build(
        QueueOptions waiting, FakeTimeProvider clock, FakeEncoder encoder, WatchedBlobs blobs, FakeDatasets datasets, FakeDevices devices,
        Action<IServiceCollection>? configure)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IBlobStore>(blobs);
        builder.Services.AddSingleton<IMediaAccess>(new BlobMediaAccess(blobs));
        builder.Services.AddSingleton<IPictureCheck, AnyPicture>();
        builder.Services.AddSingleton<ICilClient, ClusterClient>();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IModelCatalog>(new AnyModel());
        builder.Services.AddSingleton<IDeviceHost>(devices);
        builder.Services.AddSingleton<IVideoEncoder>(encoder);
        builder.Services.AddSingleton<IMotionMeters>(new CountingMeters());
        builder.Services.AddSingleton<IDatasetCatalog>(datasets);
        builder.Services.AddSingleton<IStatisticsMerger>(new FakeMerger());
        builder.Services.AddSingleton(Options.Create(Jobs.Sample.Options));
        builder.Services.AddSingleton(Options.Create(Leasing));
        builder.Services.AddSingleton(Options.Create(waiting));
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), FreePort())
            .Configure<SiloOptions>(settings => settings.SiloName = Silo)
            .AddActivityPropagation()
            .AddCilSilo());
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    /// <summary>Ends the process that the grains live in, and begins another over the same folder.</summary>
    /// <param name="between">What happens to the folder while nobody has it.</param>
    internal async Task RestartAsync(Action<string>? between = null)
    {
        await host.StopAsync();
        host.Dispose();
        between?.Invoke(folder);
        host = build();
        await host.StartAsync();
    }

    /// <summary>A real moment's limit on a wait: a test that hangs ends with an error.</summary>
    internal static CancellationToken Timeout() => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    internal IRenderJobGrain Job(RenderJobId id) => Grains.GetGrain<IRenderJobGrain>(id.Value);

    internal IDatasetStatisticsGrain Statistics(StatisticsRequest request) => Grains.GetGrain<IDatasetStatisticsGrain>(request.Id().Value);

    internal IWebhookGrain Webhooks(string tenant) => Grains.GetGrain<IWebhookGrain>(tenant);

    internal ITenantGrain Tenant(string name) => Grains.GetGrain<ITenantGrain>(name);

    internal IGpuWorkerGrain Worker(int ordinal) => Grains.GetGrain<IGpuWorkerGrain>(new WorkerId(Silo, ordinal).ToString());

    /// <summary>Submits a job whose chunks only this model's takers get.</summary>
    internal async Task<RenderJobId> SubmitAsync(string model) =>
        (await Client.SubmitAsync(Jobs.Sample.Request with { Model = model }, new byte[] { 1, 2, 3 })).Id;

    /// <summary>What a worker does first: asks the queue, then the job.</summary>
    internal async Task<ChunkLease.Render?> TakeAsync(string worker, string model)
    {
        while (await Queue.TakeNextAsync(new WorkerOffer { Worker = worker, Models = [model] }) is { } ticket)
        {
            if (await Job(ticket.Job).BeginChunkAsync(ticket.Chunk, worker) is ChunkLease.Render lease) return lease;
        }

        return null;
    }

    /// <summary>What a worker does last: stores, then reports. Frames hold their own numbers; latents the chunk's.</summary>
    internal async Task<ChunkResult> StoreAsync(ChunkLease.Render lease)
    {
        int frame = lease.Plan.Width * lease.Plan.Height * 3;
        byte[] content = lease.Chunk.Kind == ChunkKind.Denoise
            ? [(byte)lease.Chunk.Index]
            : [.. Enumerable.Range(lease.Chunk.First, lease.Chunk.Count).SelectMany(number => Enumerable.Repeat((byte)number, frame))];
        _ = await Blobs.PutAsync(lease.OutputBlob, content);
        return new ChunkResult.Rendered(lease.OutputBlob, null, "weights", "device");
    }

    internal async Task ReportAsync(ChunkLease lease, ChunkResult result) =>
        await Job(lease.Job).ReportAsync(lease.Chunk.Index, lease.Epoch, result);

    /// <summary>Plays a worker until the job's chunks are all rendered.</summary>
    internal async Task RenderAllAsync(string worker, string model)
    {
        while (await TakeAsync(worker, model) is { } lease) await ReportAsync(lease, await StoreAsync(lease));
    }

    /// <summary>Plays a worker, and lets time pass, until the job is over: others may have to find it first.</summary>
    internal async Task<JobSnapshot> FinishAsync(RenderJobId id, string model)
    {
        CancellationToken timeout = Timeout();
        while (true)
        {
            await RenderAllAsync("a/0", model);
            if (await Client.GetAsync(id) is { IsFinished: true } end) return end;
            timeout.ThrowIfCancellationRequested();
            Clock.Advance(Leasing.Keep);
            await Task.Delay(10, timeout);
        }
    }

    /// <summary>Waits until the job's snapshot fulfils a condition.</summary>
    internal async Task<JobSnapshot> UntilAsync(RenderJobId id, Func<JobSnapshot, bool> condition)
    {
        await foreach (JobSnapshot snapshot in Client.WatchAsync(id, Timeout()))
        {
            if (condition(snapshot)) return snapshot;
        }

        throw new InvalidOperationException("the job ended first");
    }

    internal Task<JobSnapshot> EndAsync(RenderJobId id) => UntilAsync(id, snapshot => snapshot.IsFinished);

    /// <summary>Blobs of the job's work that are left.</summary>
    internal async Task<List<string>> WorkBlobsAsync(RenderJobId id)
    {
        var names = new List<string>();
        await foreach (string name in Blobs.ListAsync(BlobNames.Work(id))) names.Add(name);
        return names;
    }

    internal async Task<List<string>> AllBlobsAsync()
    {
        var names = new List<string>();
        await foreach (string name in Blobs.ListAsync("")) names.Add(name);
        return names;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FakeRenderer device in Devices) device.Close();
        await host.StopAsync();
        host.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
