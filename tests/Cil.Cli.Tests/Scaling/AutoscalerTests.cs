using Cil.Client.Http;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.TestKit.Models;
using Cil.TestKit.Scaling;

namespace Cil.Cli.Tests.Scaling;

/// <summary>
/// An autoscaler that asks the real scaler and starts and stops real workers while jobs are under way. `bench/autoscale.sh`
/// is the hour-long form.
/// </summary>
public sealed class AutoscalerTests : IDisposable
{
    private const int Short = 40, MostSteps = 1000;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);
    private static readonly AutoscalerTimes Times = new(
        Poll: TimeSpan.FromMilliseconds(500), Cooldown: TimeSpan.FromSeconds(4),
        Stabilisation: TimeSpan.FromSeconds(1), DownEvery: TimeSpan.FromSeconds(1), Grace: TimeSpan.FromMinutes(1));

    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-autoscale-").FullName;

    [Fact]
    public async Task Workers_FollowTheDemandFromNoneAndBack_AndNoJobIsLostOrChanged()
    {
        using var timeout = new CancellationTokenSource(TimeLimit);
        using var grid = new ScaledGrid(
            Path.Combine(AppContext.BaseDirectory, "cil.dll"),
            folder,
            model.Folder,
            new Dictionary<string, string>
            {
                ["Cil__Planning__StepsPerChunk"] = "10", ["DOTNET_PROCESSOR_COUNT"] = "1",
            });
        await grid.ReadyAsync();
        using var http = new HttpClient { BaseAddress = grid.Url };
        var client = new HttpCilClient(http);
        using var scaler = new Autoscaler(grid.Scaler, ScaledGrid.Class, most: 2, Times, grid.StartWorker);
        var meter = new IdleMeter(client, scaler, TimeSpan.FromMilliseconds(100));
        int stoppedAtWork = 0;
        scaler.Stopping = worker => stoppedAtWork += meter.Busy.Contains(worker.Name) ? 1 : 0;
        using var enough = new CancellationTokenSource();
        Task scaling = scaler.RunAsync(enough.Token), measuring = meter.RunAsync(enough.Token);

        RenderJobId[] first = [.. await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SubmitAsync(client, Short)))];
        JobSnapshot[] ends = await Task.WhenAll(first.Select(job => EndAsync(client, job, timeout.Token)));
        // Of two long jobs the one of the older worker goes: the younger worker, which is told to stop for that, has the other one in hand.
        (RenderJobId moved, int steps) = await MoveAsync(client, scaler, timeout.Token);
        var seen = new HashSet<string>();
        JobSnapshot end = await EndAsync(client, moved, timeout.Token, seen),
            again = await EndAsync(client, await SubmitAsync(client, steps), timeout.Token);
        while (scaler.Running.Count > 0 || !scaler.HasSettled) await Task.Delay(Times.Poll, timeout.Token);
        await enough.CancelAsync();
        await Task.WhenAll(scaling, measuring);

        Assert.All([.. ends, end, again], one => Assert.True(one.State == JobState.Completed, $"{one.State}: {one.Error}"));
        byte[][] videos = await Task.WhenAll(ends.Select(one => client.DownloadAsync(one.VideoBlob!)));
        Assert.All(videos[1..], video => Assert.Equal(videos[0], video));
        Assert.Equal(await client.DownloadAsync(again.VideoBlob!), await client.DownloadAsync(end.VideoBlob!));
        Assert.InRange(stoppedAtWork, 1, int.MaxValue);
        Assert.InRange(seen.Count, 2, int.MaxValue);
        Assert.Equal(2, meter.MostWorkers);
        Assert.True(meter.IdleShare < 0.1, $"{meter.Idle:F1} of {meter.Devices:F1} device-seconds idle while work waited");
        Assert.All(
            scaler.All,
            worker => Assert.True(
                grid.EndedWell(worker),
                $"{worker.Name}: {worker.ExitCode} after {worker.StopTime}\n{grid.Log(worker.Name)}"));
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // Submits two jobs, long enough for this machine to be seen on both workers; cancels the one that the older worker has,
    // and returns the other one.
    private static async Task<(RenderJobId Moved, int Steps)> MoveAsync(
        HttpCilClient client, Autoscaler scaler, CancellationToken cancellationToken)
    {
        for (int steps = Short; ; steps = Math.Min(MostSteps, steps * 2))
        {
            RenderJobId[] pair = [await SubmitAsync(client, steps), await SubmitAsync(client, steps)];
            while (true)
            {
                JobSnapshot[] jobs =
                    [.. (await Task.WhenAll(pair.Select(job => client.GetAsync(job, cancellationToken)))).OfType<JobSnapshot>()];
                if (jobs.Any(job => job.IsFinished)) break;
                if (scaler.Running is [_, var youngest] && jobs.FirstOrDefault(job => job.Step > 0 && IsAt(job, youngest)) is { } kept
                    && jobs.FirstOrDefault(job => job.Step > 0 && job.Workers.Count > 0 && !IsAt(job, youngest)) is { } other)
                {
                    await client.CancelAsync(other.Id, cancellationToken);
                    return (kept.Id, steps);
                }

                await Task.Delay(Times.Poll / 5, cancellationToken);
            }
        }
    }

    private static bool IsAt(JobSnapshot job, ScaledWorker worker) =>
        job.Workers is [.., var last] && last.StartsWith($"{worker.Name}/", StringComparison.Ordinal);

    private static async Task<RenderJobId> SubmitAsync(HttpCilClient client, int steps) => (await client.SubmitAsync(
        new RenderRequest { Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = steps, Start = 1000, Seed = 5 },
        PngWriter.Write(new byte[16 * 16 * 3], 16, 16))).Id;

    private static async Task<JobSnapshot> EndAsync(
        HttpCilClient client, RenderJobId job, CancellationToken cancellationToken, HashSet<string>? workers = null)
    {
        JobSnapshot? end = null;
        await foreach (JobSnapshot snapshot in client.WatchAsync(job, cancellationToken))
        {
            workers?.UnionWith(snapshot.Workers);
            end = snapshot;
        }

        return end!;
    }
}
