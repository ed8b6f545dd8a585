using Cil.Grains.Blobs;
using Cil.Grains.Placement;
using Cil.Interfaces.Jobs;
using Cil.Storage;

namespace Cil.Grains.Jobs;

/// <summary>
/// All jobs by their age, in memory. Jobs store their entries themselves, as empty blobs, so that a lost index is read
/// again from names.
/// </summary>
[CoordinatorPlacement]
public sealed class JobIndexGrain(IBlobStore blobs) : Grain, IJobIndexGrain
{
    private readonly SortedSet<IndexEntry> entries = [];
    private readonly Dictionary<RenderJobId, IndexEntry> byJob = [];

    // Tenants are few: their names are kept once.
    private readonly Dictionary<string, SortedSet<IndexEntry>> byTenant = new(StringComparer.Ordinal);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await foreach (string name in blobs.ListAsync(BlobNames.IndexPrefix, cancellationToken))
        {
            if (IndexEntry.Of(name) is { } entry) Add(entry);
        }
    }

    public Task AddAsync(RenderJobId job, string tenant, DateTimeOffset createdAt)
    {
        Add(new IndexEntry(createdAt, tenant, job));
        return Task.CompletedTask;
    }

    public Task RemoveAsync(RenderJobId job)
    {
        if (byJob.Remove(job, out IndexEntry entry))
        {
            _ = entries.Remove(entry);
            _ = byTenant[entry.Tenant].Remove(entry);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RenderJobId>> ListAsync(JobQuery query)
    {
        SortedSet<IndexEntry> set = query.Tenant is null ? entries : byTenant.GetValueOrDefault(query.Tenant) ?? [];
        if (set.Count == 0) return Task.FromResult<IReadOnlyList<RenderJobId>>([]);
        (IndexEntry least, IndexEntry most) = (set.Min, set.Max);
        if (query.After is { } after)
        {
            if (!byJob.TryGetValue(after, out IndexEntry place)) return Task.FromResult<IReadOnlyList<RenderJobId>>([]);
            if (query.OldestFirst) least = place;
            else most = place;
        }

        if (least.CompareTo(most) > 0) return Task.FromResult<IReadOnlyList<RenderJobId>>([]);
        SortedSet<IndexEntry> view = set.GetViewBetween(least, most);
        return Task.FromResult<IReadOnlyList<RenderJobId>>([.. (query.OldestFirst ? view : view.Reverse())
            .Select(entry => entry.Job).Where(job => job != query.After).Take(Math.Max(0, query.Limit))]);
    }

    private void Add(IndexEntry entry)
    {
        if (!byJob.TryAdd(entry.Job, entry)) return;
        _ = entries.Add(entry);
        if (!byTenant.TryGetValue(entry.Tenant, out SortedSet<IndexEntry>? own)) byTenant[entry.Tenant] = own = [];
        _ = own.Add(entry);
    }
}
