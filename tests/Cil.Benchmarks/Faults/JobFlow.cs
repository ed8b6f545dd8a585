using System.Collections.Concurrent;
using System.Diagnostics;
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

    internal JobFlow(IEnumerable<Uri> coordinators, RenderRequest[] requests, byte[] picture)
    {
        connections = [.. coordinators.Select(address => new HttpClient { BaseAddress = address, Timeout = CallTimeout })];
        (this.requests, this.picture) = (requests, picture);
    }

    /// <summary>All jobs that were acknowledged.</summary>
    internal IReadOnlyList<FlowJob> Jobs => [.. jobs.Values];

    /// <summary>Submits and follows until <see cref="Stop"/>, and then until what is under way is over.</summary>
    /// <param name="patience">How long a job may take in all before it counts as lost.</param>
    internal Task RunAsync(int atOnce, TimeSpan patience) => Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
    {
        while (!enough.IsCancellationRequested) await OneAsync(patience);
    }));

    internal void Stop() => enough.Cancel();

    /// <summary>Asks one coordinator after the other until one answers.</summary>
    internal async Task<T> AskAsync<T>(Func<ICilClient, Task<T>> ask, TimeSpan patience)
    {
        long start = Stopwatch.GetTimestamp();
        for (int turn = 0; ; turn++)
        {
            try
            {
                return await ask(new HttpCilClient(connections[turn % connections.Count]));
            }
            catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException && Stopwatch.GetElapsedTime(start) < patience)
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

    private async Task OneAsync(TimeSpan patience)
    {
        int mine = Interlocked.Increment(ref number), kind = mine % requests.Length;
        var id = new RenderJobId($"flow-{mine}");
        _ = await AskAsync(client => client.SubmitAsync(requests[kind], picture, id), patience);
        var job = new FlowJob(id, kind);
        jobs[id.Value] = job;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < patience)
        {
            // Every other job is watched, as people do, and the others are asked after, as programs do.
            JobSnapshot? snapshot = await AskAsync(client => mine % 2 == 0 ? LastAsync(client, id, patience) : client.GetAsync(id), patience);
            // Once acknowledged it is there, whoever is asked.
            if (snapshot is null)
            {
                job.WasAbsent = true;
                return;
            }

            if (snapshot.IsFinished)
            {
                job.End = snapshot;
                if (snapshot.VideoBlob is { } blob) job.Video = await AskAsync(client => client.DownloadAsync(blob), patience);
                return;
            }

            await Task.Delay(Pause);
        }
    }

    private static async Task<JobSnapshot?> LastAsync(ICilClient client, RenderJobId id, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        JobSnapshot? last = null;
        await foreach (JobSnapshot snapshot in client.WatchAsync(id, limit.Token)) last = snapshot;
        return last;
    }
}
