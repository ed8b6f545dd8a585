using System.Runtime.CompilerServices;
using Cil.Interfaces.Jobs;
using Orleans.Runtime;

namespace Cil.Client.Jobs;

/// <summary>The client for services inside the cluster: grains for words, storage for media.</summary>
public sealed class ClusterClient(IGrainFactory grains, IMediaAccess media) : ICilClient
{
    // So often in a row a job may be out of reach before its watcher is told; each takes up to the client's response timeout.
    private const int MostLosses = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<JobSnapshot> SubmitAsync(
        RenderRequest request, ReadOnlyMemory<byte> image, RenderJobId? id = null, ReadOnlyMemory<byte> statistics = default, CancellationToken cancellationToken = default)
    {
        RenderJobId job = id ?? RenderJobId.New();
        // Media first: a job must never be accepted without them.
        string input = InputNames.Image(job, image.Span);
        await media.PutAsync(input, image, cancellationToken);
        if (!statistics.IsEmpty)
        {
            string blob = InputNames.Statistics(job, statistics.Span);
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
        // The coordinator may be lost with its silo while it is watched: another silo takes the job up, and the watch goes on there.
        for (int losses = 0; losses <= MostLosses; losses++)
        {
            IAsyncEnumerator<JobSnapshot> snapshots = Grain(id).WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(snapshots, mayBeLost: losses < MostLosses) is { } next)
            {
                if (!next.More)
                {
                    await snapshots.DisposeAsync();
                    yield break;
                }

                losses = 0;
                yield return snapshots.Current;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    public Task CancelAsync(RenderJobId id) => Grain(id).CancelAsync();

    public async Task<byte[]> DownloadAsync(string blob, CancellationToken cancellationToken = default) =>
        await media.GetAsync(blob, cancellationToken) ?? throw new FileNotFoundException($"{blob}: not in storage");

    // Null when the coordinator was lost.
    private static async Task<Answer?> NextAsync(IAsyncEnumerator<JobSnapshot> snapshots, bool mayBeLost)
    {
        try
        {
            return new Answer(await snapshots.MoveNextAsync());
        }
        catch (Exception error) when (mayBeLost && error is (OrleansException or EnumerationAbortedException or TimeoutException))
        {
            return null;
        }
    }

    private IRenderJobGrain Grain(RenderJobId id) => grains.GetGrain<IRenderJobGrain>(id.Value);

    private sealed record Answer(bool More);
}
