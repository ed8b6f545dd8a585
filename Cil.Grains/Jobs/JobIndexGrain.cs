using Cil.Grains.Blobs;
using Cil.Grains.Placement;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Storage;

namespace Cil.Grains.Jobs;

/// <summary>
/// All jobs, or all batches, by their age, in memory. They store their entries themselves, as empty blobs, so that a lost index is read
/// again from names.
/// </summary>
[CoordinatorPlacement]
internal sealed class JobIndexGrain(IBlobStore blobs) : Grain, IJobIndexGrain
{
    private readonly SortedSet<IndexEntry> entries = [];
    private readonly Dictionary<RenderJobId, IndexEntry> byJob = [];

    // Tenants are few: each has a set of its own.
    private readonly Dictionary<string, SortedSet<IndexEntry>> byTenant = new(StringComparer.Ordinal);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        string prefix = this.GetPrimaryKeyLong() == IJobIndexGrain.Batches ? BlobNames.BatchIndexPrefix : BlobNames.IndexPrefix;
        await foreach (string name in blobs.ListAsync(prefix, cancellationToken))
        {
            if (IndexEntry.Of(name, prefix) is { } entry) Add(entry);
        }
    }

    public Task AddAsync(RenderJobId job, string tenant, DateTimeOffset createdAt)
    {
        Add(new IndexEntry(createdAt, tenant, job));
        return Task.CompletedTask;
    }

    public Task RemoveAsync(RenderJobId job)
    {
        if (byJob.Remove(job, out IndexEntry entry)) Remove(entry);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<JobCursor>> PageAsync(JobQuery query) => Task.FromResult(Page(query));

    public Task<IReadOnlyList<RenderJobId>> ListAsync(JobQuery query) =>
        Task.FromResult<IReadOnlyList<RenderJobId>>([.. Page(query).Select(place => place.Job)]);

    private IReadOnlyList<JobCursor> Page(JobQuery query)
    {
        IndexEntry? after = Place(query);
        SortedSet<IndexEntry> set = query.Tenant is null ? entries : byTenant.GetValueOrDefault(query.Tenant) ?? [];
        if (set.Count == 0) return [];
        (IndexEntry least, IndexEntry most) = (set.Min, set.Max);
        if (after is { } place && query.OldestFirst && place.CompareTo(least) > 0) least = place;
        if (after is { } other && !query.OldestFirst && other.CompareTo(most) < 0) most = other;
        if (least.CompareTo(most) > 0) return [];
        SortedSet<IndexEntry> view = set.GetViewBetween(least, most);
        return [.. (query.OldestFirst ? view : view.Reverse())
            .Where(entry => after is not { } known || (query.OldestFirst ? entry.CompareTo(known) > 0 : entry.CompareTo(known) < 0))
            .Take(Math.Max(0, query.Limit)).Select(entry => new JobCursor(entry.CreatedAt, entry.Job))];
    }

    // Where the page begins. A cursor stays valid when its job has been deleted.
    private IndexEntry? Place(JobQuery query)
    {
        if (query.From is { } from) return new IndexEntry(from.CreatedAt, "", from.Job);
        if (query.After is not { } after) return null;
        return byJob.TryGetValue(after, out IndexEntry entry)
            ? entry
            : throw new ArgumentException($"after: '{after}' is not there; the cursor of a page holds although what it lists is deleted");
    }

    private void Remove(IndexEntry entry)
    {
        _ = entries.Remove(entry);
        _ = byTenant[entry.Tenant].Remove(entry);
    }

    // A submission that could not be stored leaves an entry; the job is that of the last one.
    private void Add(IndexEntry entry)
    {
        if (byJob.TryGetValue(entry.Job, out IndexEntry before))
        {
            if (before.CreatedAt >= entry.CreatedAt) return;
            Remove(before);
        }

        byJob[entry.Job] = entry;
        _ = entries.Add(entry);
        if (!byTenant.TryGetValue(entry.Tenant, out SortedSet<IndexEntry>? own)) byTenant[entry.Tenant] = own = [];
        _ = own.Add(entry);
    }
}
