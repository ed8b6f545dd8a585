using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using Cil.Client.Http;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Benchmarks.Faults;

/// <summary>A client outside the cluster that keeps so many jobs under way, whatever happens to the silos.</summary>
internal sealed class JobFlow : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300), CallTimeout = TimeSpan.FromSeconds(10);

    private readonly List<HttpClient> connections;
    private readonly RenderRequest[] requests;
    private readonly byte[] picture;
    private readonly CancellationTokenSource enough = new();
    private readonly ConcurrentDictionary<string, FlowJob> jobs = new();
    private int number;

    internal JobFlow(IEnumerable<Uri> coordinators, RenderRequest[] requests, byte[] picture, string? key = null)
    {
        connections = [.. coordinators.Select(address => new HttpClient { BaseAddress = address, Timeout = CallTimeout })];
        if (key is not null)
        {
            connections.ForEach(
                connection => connection.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key));
        }

        (this.requests, this.picture) = (requests, picture);
    }

    /// <summary>All jobs that were acknowledged.</summary>
    internal IReadOnlyList<FlowJob> Jobs => [.. jobs.Values];

    /// <summary>Submits and follows until <see cref="Stop"/>, and then until what is under way is over.</summary>
    /// <param name="timeout">How long a job may take in all before it counts as lost.</param>
    internal Task RunAsync(int atOnce, TimeSpan timeout) => Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
    {
        while (!enough.IsCancellationRequested) await OneAsync(timeout);
    }));

    internal void Stop() => enough.Cancel();

    /// <summary>Asks one coordinator after the other until one answers.</summary>
    internal async Task<T> AskAsync<T>(Func<ICilClient, Task<T>> ask, TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        for (int turn = 0; ; turn++)
        {
            try
            {
                return await ask(new HttpCilClient(connections[turn % connections.Count]));
            }
            catch (Exception error) when (
                error is CilApiException { IsTransient: true } or HttpRequestException or IOException or TaskCanceledException
                    && Stopwatch.GetElapsedTime(start) < timeout)
            {
                await Task.Delay(Pause);
            }
        }
    }

    public void Dispose()
    {
        foreach (HttpClient connection in connections) connection.Dispose();
        enough.Dispose();
    }

    /// <summary>Submits one job and follows it to its end.</summary>
    /// <returns>Which request it was of, and how it ended; null where it was lost.</returns>
    internal async Task<(int Kind, JobSnapshot? End, byte[]? Video)> FollowAsync(int mine, TimeSpan timeout)
    {
        await OneAsync(mine, timeout);
        FlowJob job = jobs[$"flow-{mine}"];
        return (job.Kind, job.WasAbsent ? null : job.End, job.Video);
    }

    private Task OneAsync(TimeSpan timeout) => OneAsync(Interlocked.Increment(ref number), timeout);

    private async Task OneAsync(int mine, TimeSpan timeout)
    {
        int kind = mine % requests.Length;
        var id = new RenderJobId($"flow-{mine}");
        _ = await AskAsync(client => client.SubmitAsync(requests[kind], picture, id), timeout);
        var job = new FlowJob(id, kind);
        jobs[id.Value] = job;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < timeout)
        {
            // Every other job is watched, as people do, and the others are asked after, as programs do.
            JobSnapshot? snapshot = await AskAsync(
                client => mine % 2 == 0 ? LastAsync(client, id, timeout) : client.GetAsync(id), timeout);
            // Once acknowledged it is there, whoever is asked.
            if (snapshot is null)
            {
                job.WasAbsent = true;
                return;
            }

            if (snapshot.IsFinished)
            {
                job.End = snapshot;
                if (snapshot.VideoBlob is { } blob) job.Video = await AskAsync(client => client.DownloadAsync(blob), timeout);
                return;
            }

            await Task.Delay(Pause);
        }
    }

    private static async Task<JobSnapshot?> LastAsync(ICilClient client, RenderJobId id, TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        JobSnapshot? last = null;
        await foreach (JobSnapshot snapshot in client.WatchAsync(id, limit.Token)) last = snapshot;
        return last;
    }
}
