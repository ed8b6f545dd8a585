using Cil.Grains.Blobs;
using Cil.Grains.Devices;
using Cil.Interfaces.Devices;
using Cil.Interfaces.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Cil.Silo.Hosting;

/// <summary>When the silo is up, its devices begin to take work and jobs that a stopped process left behind go on; when it leaves, its devices drain.</summary>
internal sealed class WorkerStarter(IGrainFactory grains, IDeviceHost devices, IBlobStore blobs, IOptions<SiloOptions> silo) : IHostedService
{
    private const string JobPrefix = "jobs/";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (IGpuWorkerGrain worker in Workers()) await worker.StartAsync();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (string blob in blobs.ListAsync(JobPrefix, cancellationToken))
        {
            string id = blob[JobPrefix.Length..].Split('/')[0];
            if (seen.Add(id)) await grains.GetGrain<IRenderJobGrain>(new RenderJobId(id).Value).ResumeAsync();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(Workers().Select(worker => worker.DrainAsync()));

    private IEnumerable<IGpuWorkerGrain> Workers() => Enumerable.Range(0, devices.Count)
        .Select(ordinal => grains.GetGrain<IGpuWorkerGrain>(new WorkerId(silo.Value.SiloName, ordinal).ToString()));
}
