using System.Runtime.CompilerServices;
using Cil.Interfaces.Jobs;

namespace Cil.Client.Jobs;

/// <summary>The client for services inside the cluster: grains for words, storage for media.</summary>
public sealed class ClusterClient(IGrainFactory grains, IMediaAccess media) : ICilClient
{
    public async Task<JobSnapshot> SubmitAsync(
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null, ReadOnlyMemory<byte> statistics = default, CancellationToken cancellationToken = default)
    {
        RenderJobId job = id ?? RenderJobId.New();
        // Media first: a job must never be accepted without them.
        string input = $"jobs/{job}/input";
        await media.PutAsync(input, image, cancellationToken);
        if (!statistics.IsEmpty)
        {
            string blob = $"jobs/{job}/statistics.safetensors";
            await media.PutAsync(blob, statistics, cancellationToken);
            request = request with { AnalyticInit = blob };
        }

        return await Grain(job).SubmitAsync(request with { ImageBlob = input }) switch
        {
            Submission.Accepted accepted => accepted.Job,
            Submission.Refused refused => throw new RequestRefusedException(refused.Faults),
            var other => throw new InvalidOperationException($"unknown answer {other}"),
        };
    }

    public Task<JobSnapshot?> GetAsync(RenderJobId id) => Grain(id).GetAsync();

    public async IAsyncEnumerable<JobSnapshot> WatchAsync(RenderJobId id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (JobSnapshot snapshot in Grain(id).WatchAsync(cancellationToken).WithCancellation(cancellationToken)) yield return snapshot;
    }

    public Task CancelAsync(RenderJobId id) => Grain(id).CancelAsync();

    public async Task<byte[]> DownloadAsync(string blob, CancellationToken cancellationToken = default) =>
        await media.GetAsync(blob, cancellationToken) ?? throw new FileNotFoundException($"{blob}: not in storage");

    private IRenderJobGrain Grain(RenderJobId id) => grains.GetGrain<IRenderJobGrain>(id.Value);
}
