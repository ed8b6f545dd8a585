using System.Runtime.CompilerServices;
using System.Text.Json;
using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Jobs;

/// <summary>A list of jobs that was asked for: a page of it now, or again at each change.</summary>
/// <param name="Query">Where the page begins, its length and order.</param>
internal sealed record JobList(JobQuery Query, JobFilter Filter)
{
    // The index knows jobs by age and tenant; whatever else is asked for is asked of the jobs, of so many in one request.
    private const int MostExamined = 1000, ExaminedAtOnce = 200;
    private const int MostListed = 1000, StandardListed = 20;
    private const string Newest = "desc", Oldest = "asc", Tenant = "tenant", Limit = "limit", Order = "order";

    /// <summary>Where a page begins.</summary>
    internal const string After = "after";

    // What a list costs is paid by each who watches: one that is filtered asks more jobs.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2), FilteredPause = TimeSpan.FromSeconds(5);

    internal static string[] QueryNames { get; } = [Tenant, Limit, After, Order];

    internal static string[] Names { get; } = [.. QueryNames, .. JobFilter.Names];

    /// <summary>What is wrong with the query's parameters is the reader's to say.</summary>
    internal static JobList Read(QueryReader reader, Caller caller) => new(ReadQuery(reader, caller, MostListed), JobFilter.Read(reader));

    /// <summary>Whose, where it begins, how long and in which order: what lists of jobs and of batches have in common.</summary>
    internal static JobQuery ReadQuery(QueryReader reader, Caller caller, int most)
    {
        string? after = reader.Text(After);
        JobCursor? from = after is null ? null : JobCursor.Parse(after);
        RenderJobId? last = after is null || from is not null ? null : Routes.Id(after);
        if (after is not null && from is null && last is null) reader.Add(After, $"expected a page's next or an id, got '{after}'");
        string? tenant = reader.Text(Tenant);
        // Others' jobs are not there.
        if (tenant is not null && !caller.Sees(tenant)) reader.Add(Tenant, $"the key is of tenant {caller.Tenant}, got '{tenant}'");
        return new JobQuery
        {
            Tenant = caller.IsOperator ? tenant : caller.Tenant,
            After = last,
            From = from,
            Limit = reader.Whole(Limit, 1, most, StandardListed),
            OldestFirst = reader.Choice(Order, Newest, Oldest) == Oldest,
        };
    }

    /// <summary>A page. One that is filtered may have fewer jobs than were asked for, or none, and others after them.</summary>
    /// <exception cref="RequestRefusedException">The job that the page is to come after is not there.</exception>
    internal async Task<ApiJobPage> PageAsync(ICilClient client, CancellationToken cancellationToken)
    {
        try
        {
            return Filter.IsEmpty ? await AllAsync(client, cancellationToken) : await FilteredAsync(client, cancellationToken);
        }
        catch (ArgumentException missing)
        {
            throw new RequestRefusedException([new RequestError(After, missing.Message)]);
        }
    }

    /// <summary>The page now, and whenever it has changed.</summary>
    internal async IAsyncEnumerable<ApiJobPage> WatchAsync(
        ICilClient client, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? last = null;
        while (true)
        {
            ApiJobPage page = await PageAsync(client, cancellationToken);
            // The estimate of the time that remains changes by itself.
            ApiJobPage lasting = page with { Jobs = [.. page.Jobs.Select(job => job with { RemainingSeconds = null })] };
            string now = JsonSerializer.Serialize(lasting, ApiJson.Options);
            if (now != last) yield return page;
            last = now;
            await Task.Delay(Filter.IsEmpty ? Pause : FilteredPause, clock, cancellationToken);
        }
    }

    private async Task<ApiJobPage> AllAsync(ICilClient client, CancellationToken cancellationToken)
    {
        IReadOnlyList<JobSnapshot> jobs = await client.ListAsync(Query, cancellationToken);
        JobCursor? next = jobs.Count == Query.Limit ? JobCursor.Of(jobs[^1]) : null;
        return await PageOfAsync(client, jobs, next, cancellationToken);
    }

    private async Task<ApiJobPage> FilteredAsync(ICilClient client, CancellationToken cancellationToken)
    {
        var found = new List<JobSnapshot>();
        JobQuery query = Query with { Limit = ExaminedAtOnce };
        JobCursor? next = null;
        for (int examined = 0; examined < MostExamined; examined += ExaminedAtOnce)
        {
            IReadOnlyList<JobSnapshot> jobs = await client.ListAsync(query, cancellationToken);
            foreach (JobSnapshot job in jobs)
            {
                if (!Filter.Fits(job)) continue;
                found.Add(job);
                if (found.Count == Query.Limit) return await PageOfAsync(client, found, JobCursor.Of(job), cancellationToken);
            }

            if (jobs.Count < ExaminedAtOnce) return await PageOfAsync(client, found, null, cancellationToken);
            next = JobCursor.Of(jobs[^1]);
            query = query with { After = null, From = next };
        }

        return await PageOfAsync(client, found, next, cancellationToken);
    }

    private async Task<ApiJobPage> PageOfAsync(
        ICilClient client, IReadOnlyList<JobSnapshot> jobs, JobCursor? next, CancellationToken cancellationToken)
    {
        JobQuery rest = Query with { After = null, From = next, Limit = 1 };
        bool hasMore = next is not null && (await client.ListAsync(rest, cancellationToken)).Count > 0;
        return new ApiJobPage([.. jobs.Select(job => job.ToApi())], hasMore, hasMore ? next.ToString() : null);
    }
}
