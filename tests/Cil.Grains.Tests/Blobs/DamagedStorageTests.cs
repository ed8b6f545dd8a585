using System.Text;
using Cil.Grains.Tests.Grid;
using Cil.Grains.Tests.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Statistics;

namespace Cil.Grains.Tests.Blobs;

/// <summary>Nothing in storage can stop the rest: a damaged or foreign file costs its own job at most, and that is said.</summary>
public sealed class DamagedStorageTests : IAsyncLifetime
{
    private TestGrid grid = null!;

    /// <summary>What may happen to a file.</summary>
    public enum Damage
    {
        Cut,
        Emptied,
        Flipped,
        Foreign,
        Null,
        OtherJson,
    }

    public static TheoryData<Damage> Damages => [.. Enum.GetValues<Damage>()];

    public async Task InitializeAsync() => grid = await TestGrid.StartAsync(devices: 0);

    public async Task DisposeAsync() => await grid.DisposeAsync();

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Job_WhoseStateIsDamaged_IsListedAsDamagedAndCanBeDeleted(Damage damage)
    {
        JobSnapshot hurt = await grid.Client.SubmitAsync(Sample.Request with { Model = "hurt", Tenant = "studio" }, new byte[] { 1 });
        RenderJobId sound = await grid.SubmitAsync("sound");
        await grid.RestartAsync(folder => Do(damage, Path.Combine(folder, "state", "job", $"{hurt.Id}.json")));

        IReadOnlyList<JobSnapshot> listed = await grid.Client.ListAsync(new JobQuery());
        JobSnapshot shown = Assert.Single(listed, job => job.Id == hurt.Id);

        Assert.Equal(2, listed.Count);
        Assert.Equal((JobState.Failed, JobError.Damaged, false), (shown.State, shown.Error!.Code, shown.Error.Retryable));
        Assert.Contains($"state/job/{hurt.Id}.json", shown.Error.Message, StringComparison.Ordinal);
        Assert.Equal((hurt.CreatedAt, "studio"), (shown.CreatedAt, shown.Tenant));
        Assert.Equal(
            JobState.Failed, (await grid.Client.SubmitAsync(Sample.Request with { Model = "hurt" }, new byte[] { 1 }, hurt.Id)).State);
        Assert.Equal(JobState.Failed, (await grid.EndAsync(hurt.Id)).State);
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(sound, "sound")).State);
        Assert.True(await grid.Client.DeleteAsync(hurt.Id));
        Assert.DoesNotContain(await grid.AllBlobsAsync(), name => name.Contains(hurt.Id.Value, StringComparison.Ordinal));
        Assert.DoesNotContain(await grid.Client.ListAsync(new JobQuery()), job => job.Id == hurt.Id);
    }

    [Fact]
    public async Task Job_WhoseDamagedStateIsPutBack_GoesOn()
    {
        RenderJobId id = await grid.SubmitAsync("restored");
        byte[] kept = [];
        string file = "";
        await grid.RestartAsync(folder =>
        {
            file = Path.Combine(folder, "state", "job", $"{id}.json");
            kept = File.ReadAllBytes(file);
            Do(Damage.Cut, file);
        });
        Assert.Equal(JobError.Damaged, (await grid.Client.GetAsync(id))!.Error!.Code);

        await grid.RestartAsync(_ => File.WriteAllBytes(file, kept));
        _ = await grid.Job(id).ResumeAsync();

        Assert.Equal(JobState.Completed, (await grid.FinishAsync(id, "restored")).State);
    }

    [Theory]
    [InlineData(Damage.Cut)]
    [InlineData(Damage.Emptied)]
    [InlineData(Damage.Flipped)]
    [InlineData(Damage.Foreign)]
    [InlineData(Damage.Null)]
    public async Task Queue_WhoseStateIsDamaged_IsBegunAnewAndTheFileSetAside(Damage damage)
    {
        await grid.Client.PauseQueueAsync("studio");
        string file = "";
        byte[] damaged = [];
        await grid.RestartAsync(folder =>
        {
            Do(damage, file = Path.Combine(folder, "state", "queue", "0.json"));
            damaged = File.ReadAllBytes(file);
        });

        RenderJobId id = await grid.SubmitAsync("queued");

        Assert.Equal(JobState.Completed, (await grid.FinishAsync(id, "queued")).State);
        Assert.Equal(damaged, await File.ReadAllBytesAsync($"{file}.damaged"));
        await grid.Client.PauseQueueAsync("studio");
        await grid.RestartAsync();
        Assert.True((await grid.Client.QueueAsync()).Tenants.Single(tenant => tenant.Tenant == "studio").IsPaused);
    }

    [Fact]
    public async Task ForeignFiles_WhereverTheyLie_StopNobodyAndStay()
    {
        RenderJobId id = await grid.SubmitAsync("among");
        string[] foreign =
        [
            "unfinished/.nfs0001", "unfinished/notes.txt", "unfinished/a b", "unfinished/folder/file", "unfinished/statistics/notes.txt",
            "index/.nfs0002", "index/notes", "index/1.tenant.no id", "index/9999999999999999999.tenant.job", "index/x.tenant.job",
            "state/job/.nfs0003", "state/notes.txt", "notes.txt", $"jobs/{id}/.nfs0004",
        ];
        string root = "";
        await grid.RestartAsync(folder =>
        {
            root = folder;
            foreach (string file in foreign.Select(name => Path.Combine(folder, name)))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, "something");
            }
        });

        Assert.Equal([id], (await grid.Client.ListAsync(new JobQuery())).Select(job => job.Id));
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(id, "among")).State);
        Assert.True(await grid.Client.DeleteAsync(id));
        Assert.All(foreign, name => Assert.True(File.Exists(Path.Combine(root, name)), name));
    }

    // All at once, in the state that a grid has with a finished job, one half rendered, and a data set that is measured.
    [Theory]
    [MemberData(nameof(Damages))]
    public async Task EveryFileThatIsNotASoundJobs_Damaged_LeavesThatJobAndNewOnes(Damage damage)
    {
        RenderJobId finished = await grid.SubmitAsync("finished");
        _ = await grid.FinishAsync(finished, "finished");
        RenderJobId half = await grid.SubmitAsync("half");
        for (int chunk = 0; chunk < 2 && await grid.TakeAsync("a/0", "half") is { } lease; chunk++)
            await grid.ReportAsync(lease, await grid.StoreAsync(lease));
        var measured = new StatisticsRequest { Model = "measured", Dataset = "any" };
        _ = await grid.Statistics(measured).BuildAsync(measured);
        await grid.Client.PauseQueueAsync("studio");
        RenderJobId sound = await grid.SubmitAsync("sound");
        var damaged = new List<string>();
        await grid.RestartAsync(folder =>
        {
            foreach (string file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            {
                string name = Path.GetRelativePath(folder, file);
                if (name[0] == '.' || name.Contains(sound.Value, StringComparison.Ordinal)) continue;
                Do(damage, file);
                damaged.Add(name);
            }
        });

        Assert.All(
            ["state/job/", "state/queue/", "state/statistics/", "index/", "unfinished/", "jobs/"],
            kind => Assert.Contains(damaged, name => name.StartsWith(kind, StringComparison.Ordinal)));
        Assert.Equal(3, (await grid.Client.ListAsync(new JobQuery())).Count);
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(sound, "sound")).State);
        Assert.Equal(JobState.Completed, (await grid.FinishAsync(await grid.SubmitAsync("new"), "new")).State);
        _ = Assert.IsType<StatisticsAnswer.Accepted>(await grid.Statistics(measured).BuildAsync(measured));
        Assert.True(grid.Readiness.IsReady, grid.Readiness.Reason);
        foreach (RenderJobId id in (RenderJobId[])[finished, half])
        {
            Assert.True(await grid.Client.DeleteAsync(id));
            Assert.DoesNotContain(await grid.AllBlobsAsync(), name => name.Contains(id.Value, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Readiness_WhileStorageCannotBeRead_SaysSo()
    {
        grid.Blobs.ReadFault = new IOException("storage is out");
        await UntilReadyAsync(false);
        string? reason = grid.Readiness.Reason;
        grid.Blobs.ReadFault = null;

        await UntilReadyAsync(true);

        Assert.Equal("storage cannot be read", reason);
    }

    private async Task UntilReadyAsync(bool ready)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (grid.Readiness.IsReady != ready)
        {
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            await Task.Delay(10, timeout);
        }
    }

    private static void Do(Damage damage, string file)
    {
        byte[] content = File.ReadAllBytes(file);
        if (damage == Damage.Flipped && content.Length > 0) content[content.Length / 2] ^= 4;
        File.WriteAllBytes(file, damage switch
        {
            Damage.Cut => content[..(content.Length / 2)],
            Damage.Emptied => [],
            Damage.Flipped => content,
            Damage.Null => Encoding.UTF8.GetBytes("null"),
            Damage.OtherJson => Encoding.UTF8.GetBytes("""{"name":"another program's"}"""),
            _ => Encoding.UTF8.GetBytes("<html>not ours</html>"),
        });
    }
}
