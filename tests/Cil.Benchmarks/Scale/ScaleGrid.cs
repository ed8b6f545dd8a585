using System.Net;
using System.Net.Sockets;
using Cil.Client.Jobs;
using Cil.Grains.Chunks;
using Cil.Grains.Frames;
using Cil.Grains.Leases;
using Cil.Grains.Models;
using Cil.Grains.Statistics;
using Cil.Grains.Workers;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Cil.Benchmarks.Scale;

/// <summary>The real grid in this process, with devices that sleep.</summary>
internal sealed class ScaleGrid : IAsyncDisposable
{
    private static readonly byte[] Picture = PngWriter.Write(new byte[ScaleModel.FrameBytes], ScaleModel.Size, ScaleModel.Size);

    private readonly IHost host;

    private ScaleGrid(IHost host, IReadOnlyList<SleepingRenderer> devices) => (this.host, Devices) = (host, devices);

    internal IReadOnlyList<SleepingRenderer> Devices { get; }

    internal ICilClient Client => host.Services.GetRequiredService<ICilClient>();

    internal IWorkQueueGrain Queue => host.Services.GetRequiredService<IGrainFactory>().GetGrain<IWorkQueueGrain>(0);

    internal static async Task<ScaleGrid> StartAsync(IBlobStore blobs, int devices, TimeSpan chunk, PlannerOptions? planning = null)
    {
        SleepingRenderer[] renderers = [.. Enumerable.Range(0, devices).Select(_ => new SleepingRenderer(blobs, chunk))];
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var datasets = new NoDatasets();
        builder.Services.AddBlobs(blobs);
        builder.Services.AddSingleton<IModelCatalog>(new ScaleModel());
        builder.Services.AddSingleton<IDeviceHost>(new SleepingDevices(renderers));
        builder.Services.AddSingleton<IVideoEncoder>(new NoEncoder());
        builder.Services.AddSingleton<IMotionMeters>(new NoMeters());
        builder.Services.AddSingleton<IDatasetCatalog>(datasets);
        builder.Services.AddSingleton<IStatisticsMerger>(datasets);
        builder.Services.AddSingleton(Options.Create(planning ?? new PlannerOptions()));
        builder.Services.AddSingleton(Options.Create(new LeaseOptions()));
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort(), FreePort())
            .Configure<SiloOptions>(settings => settings.SiloName = "scale")
            .AddCilSilo());
        IHost host = builder.Build();
        await host.StartAsync();
        return new ScaleGrid(host, renderers);
    }

    /// <summary>Submits so many jobs, some at the same time.</summary>
    internal Task SubmitAsync(int jobs, int atOnce = 64) => Parallel.ForEachAsync(
        Enumerable.Range(0, jobs), new ParallelOptions { MaxDegreeOfParallelism = atOnce },
        async (_, cancellation) => await SubmitOneAsync(cancellation));

    internal Task<JobSnapshot> SubmitOneAsync(CancellationToken cancellation = default) => SubmitOneAsync(null, null, cancellation);

    /// <param name="steps">Null for the model's.</param>
    /// <param name="frames">Null for the model's.</param>
    internal Task<JobSnapshot> SubmitOneAsync(int? steps, int? frames, CancellationToken cancellation = default) => Client.SubmitAsync(
        new RenderRequest
        {
            Model = ScaleModel.Name, Prompt = "a picture that sleeps", AnalyticInit = "off", Steps = steps, Frames = frames,
            Joining = WindowMode.Continue,
        },
        Picture, cancellationToken: cancellation);

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        foreach (SleepingRenderer device in Devices) device.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
