using System.Globalization;
using Cil.Client.Jobs;
using Cil.Grains.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;
using Orleans;

namespace Cil.Silo.Tests.Cluster;

/// <summary>The short version of the fault suite: silos of one process, one of which is lost with a chunk in hand.</summary>
public sealed class SiloLossTests : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);
    private static readonly PlannerOptions Planning = new() { StepsPerChunk = 2, Threads = 1 };

    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-loss-").FullName;

    [Fact]
    public async Task Job_OfASiloThatIsLost_EndsElsewhereOnceInTheSameBytes()
    {
        byte[] whole = await ReferenceAsync();
        await using var cluster = new LocalCluster(Path.Combine(data, "cluster"), model.Folder, Planning);
        await cluster.AddAsync("coordinator", devices: 0);
        await cluster.AddAsync("one", devices: 1);
        await cluster.AddAsync("two", devices: 1);
        JobSnapshot job = await cluster.Client.SubmitAsync(Request, Picture());
        bool isLost = false;

        JobSnapshot? end = null;
        await foreach (JobSnapshot snapshot in cluster.Client.WatchAsync(job.Id, new CancellationTokenSource(TimeLimit).Token))
        {
            end = snapshot;
            if (isLost || snapshot.Step < 4 || snapshot.Workers is not [var worker, ..]) continue;
            isLost = true;
            await cluster.KillAsync(worker.StartsWith("one/", StringComparison.Ordinal) ? 1 : 2);
        }

        Assert.True(isLost, "the job was over before its silo could be lost");
        Assert.True(end!.State == JobState.Completed, $"{end.State}: {end.Error}");
        Assert.Equal(whole, await cluster.Client.DownloadAsync(end.VideoBlob!));
        Assert.Single(await cluster.Client.ListAsync(new JobQuery()));
    }

    [Fact]
    public async Task Jobs_WhileSiloAfterSiloIsLost_AllEndOnceInTheSameBytes()
    {
        const int AtOnce = 3, Workers = 2;
        // The long version is bench/faults.sh.
        int rounds = int.Parse(Environment.GetEnvironmentVariable("CIL_LOSS_ROUNDS") ?? "2", CultureInfo.InvariantCulture);
        byte[] whole = await ReferenceAsync();
        var random = new Random(1);
        await using var cluster = new LocalCluster(Path.Combine(data, "rounds"), model.Folder, Planning);
        await cluster.AddAsync("coordinator", devices: 0);
        for (int worker = 1; worker <= Workers; worker++) await cluster.AddAsync($"w{worker}", devices: 1);
        var ends = new List<JobSnapshot>();
        using var enough = new CancellationTokenSource();
        Task[] flows = [.. Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (!enough.IsCancellationRequested)
            {
                JobSnapshot end = await EndAsync(cluster.Client, await cluster.Client.SubmitAsync(Request, Picture()));
                lock (ends) ends.Add(end);
            }
        })];

        for (int round = 1; round <= rounds; round++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1 + random.NextDouble()));
            await cluster.KillAsync(await AtWorkAsync(cluster, random));
            await cluster.AddAsync($"w{Workers + round}", devices: 1);
        }

        await enough.CancelAsync();
        await Task.WhenAll(flows);
        Assert.All(ends, end => Assert.True(end.State == JobState.Completed, $"{end.State}: {end.Error}"));
        foreach (JobSnapshot end in ends) Assert.Equal(whole, await cluster.Client.DownloadAsync(end.VideoBlob!));
        Assert.Equal(ends.Count, (await cluster.Client.ListAsync(new JobQuery { Limit = ends.Count + 1 })).Count);
    }

    [Fact]
    public async Task Client_OutsideTheSilos_RendersThroughAGateway()
    {
        await using var cluster = new LocalCluster(Path.Combine(data, "gateway"), model.Folder, Planning);
        await cluster.AddAsync("coordinator", devices: 0);
        await cluster.AddAsync("one", devices: 1);
        await using ClusterConnection outside = await ClusterConnection.OpenAsync(new ServiceOptions
        {
            Data = Path.Combine(data, "gateway"), Cluster = "localhost",
            GatewayPort = cluster.GatewayPort, ClusterId = "dev", ServiceId = "dev",
        });

        JobSnapshot end = await outside.Client.SubmitAsync(Request with { Steps = 2 }, Picture());
        await foreach (JobSnapshot snapshot in outside.Client.WatchAsync(end.Id, new CancellationTokenSource(TimeLimit).Token))
            end = snapshot;

        Assert.Equal(JobState.Completed, end.State);
        Assert.Equal("ftyp"u8.ToArray(), (await outside.Client.DownloadAsync(end.VideoBlob!))[4..8]);
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }

    // The number of a silo that has a chunk in hand: silos are called w and their number.
    private static async Task<int> AtWorkAsync(LocalCluster cluster, Random random)
    {
        using var timeout = new CancellationTokenSource(TimeLimit);
        while (true)
        {
            int[] silos = [.. (await cluster.Client.ListAsync(new JobQuery()))
                .SelectMany(job => job.Workers)
                .Select(worker => int.Parse(worker.Split('/')[0][1..], CultureInfo.InvariantCulture))
                .Where(cluster.IsAlive).Distinct()];
            if (silos.Length > 0) return silos[random.Next(silos.Length)];
            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout.Token);
        }
    }

    private static async Task<JobSnapshot> EndAsync(ICilClient client, JobSnapshot job)
    {
        await foreach (JobSnapshot snapshot in client.WatchAsync(job.Id, new CancellationTokenSource(TimeLimit).Token)) job = snapshot;
        return job;
    }

    private static RenderRequest Request => new() { Model = "tiny", Prompt = "a thing", Steps = 40, Seed = 5 };

    private static byte[] Picture()
    {
        byte[] rgb = new byte[40 * 36 * 3];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)(i * 5);
        return PngWriter.Write(rgb, 40, 36);
    }

    private async Task<byte[]> ReferenceAsync()
    {
        await using CilHost grid = await CilHost.StartEmbeddedAsync(
            new EmbeddedOptions { DataFolder = Path.Combine(data, "reference"), ModelFolders = [model.Folder], Planning = Planning });
        JobSnapshot end = await EndAsync(grid.Client, await grid.Client.SubmitAsync(Request, Picture()));
        return await grid.Client.DownloadAsync(end.VideoBlob!);
    }
}
