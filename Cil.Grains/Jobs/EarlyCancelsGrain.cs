using System.Globalization;
using Cil.Grains.Blobs;
using Cil.Grains.Placement;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Storage;
using Microsoft.Extensions.Options;

namespace Cil.Grains.Jobs;

/// <summary>
/// Counts cancellations of jobs that are not known: ids that nobody ever submits would otherwise be stored without end. Each
/// has an empty blob, whose name tells when it came.
/// </summary>
[CoordinatorPlacement]
internal sealed class EarlyCancelsGrain(
    IBlobStore blobs, IOptions<RetentionOptions> retention, TimeProvider clock) : Grain, IEarlyCancelsGrain
{
    private readonly Dictionary<RenderJobId, DateTimeOffset> cancels = [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await foreach (string name in blobs.ListAsync(BlobNames.EarlyCancelPrefix, cancellationToken))
        {
            if (name[BlobNames.EarlyCancelPrefix.Length..].Split('.') is [var ticks, var job] && RenderJobId.IsId(job)
                && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out long at)
                && at <= DateTimeOffset.MaxValue.Ticks)
            {
                cancels[new RenderJobId(job)] = new DateTimeOffset(at, TimeSpan.Zero);
            }
        }
    }

    public async Task<bool> AddAsync(RenderJobId job)
    {
        if (cancels.ContainsKey(job)) return true;
        if (cancels.Count >= retention.Value.MaxEarlyCancels) return false;
        DateTimeOffset now = clock.GetUtcNow();
        _ = await blobs.PutAsync(BlobNames.EarlyCancel(job, now), ReadOnlyMemory<byte>.Empty);
        cancels.Add(job, now);
        return true;
    }

    public Task<IReadOnlyList<RenderJobId>> ExpiredAsync()
    {
        DateTimeOffset now = clock.GetUtcNow();
        return Task.FromResult<IReadOnlyList<RenderJobId>>(
            [.. cancels.Where(cancel => now - cancel.Value >= retention.Value.KeepEarlyCancels).Select(cancel => cancel.Key)]);
    }

    public async Task RemoveAsync(RenderJobId job)
    {
        if (!cancels.TryGetValue(job, out DateTimeOffset at)) return;
        _ = await blobs.DeleteAsync(BlobNames.EarlyCancel(job, at));
        _ = cancels.Remove(job);
    }
}
