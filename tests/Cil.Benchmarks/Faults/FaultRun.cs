using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Grid;
using Cil.Interfaces.Jobs;

namespace Cil.Benchmarks.Faults;

/// <summary>
/// A cluster of processes on this machine, a client outside it with jobs under way, and round after round one silo that is
/// killed or frozen. Each job must end once, in the bytes of an undisturbed render.
/// </summary>
internal class FaultRun(BenchmarkOptions options, BenchmarkModel model, string folder, IFaultSite site)
{
    internal const int StepsPerChunk = 2;

    private const int Coordinators = 2, Workers = 3, AtOnce = 4, Steps = 8, Kinds = 4, FreezeEvery = 10;

    // As a supervisor's restart, not at once: the loss is found out by the others, not told by the successor.
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(8),
        Frozen = TimeSpan.FromSeconds(60), Late = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan JobTimeout = TimeSpan.FromMinutes(10),
        ChunkTimeout = TimeSpan.FromMinutes(2), PollInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>The names of all silos.</summary>
    internal static IReadOnlyList<string> Names { get; } =
        [
            .. Enumerable.Range(1, Coordinators).Select(number => $"c{number}"),
            .. Enumerable.Range(1, Workers).Select(number => $"w{number}"),
        ];

    private protected BenchmarkOptions Options => options;

    private protected Random Random { get; } = new(options.Seed);

    private protected FaultCounts Counts { get; } = new();

    private protected IFaultSite Site => site;

    /// <summary>What the jobs ask for, in turn.</summary>
    private protected virtual RenderRequest[] Requests => [.. Enumerable.Range(0, Kinds).Select(kind => Request(kind, Steps))];

    /// <summary>The benchmark "faults".</summary>
    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("cil-faults-").FullName;
        await using IFaultSite? site = options.Storage switch
        {
            BenchmarkOptions.AzureStorage => await AzureSite.StartAsync(folder, options.Seed),
            BenchmarkOptions.S3Storage => await S3Site.StartAsync(folder, options.Seed),
            _ => FolderSite.Start(folder),
        };
        if (site is null)
        {
            Console.WriteLine("  skipped: redis-server is not installed (apt-get install redis-server)");
            return true;
        }

        using var model = new BenchmarkModel(options);
        bool met = await new FaultRun(options, model, folder, site).RunAsync();
        if (met) Directory.Delete(folder, recursive: true);
        else Console.WriteLine($"  data and logs: {folder}");
        return met;
    }

    private protected async Task<bool> RunAsync()
    {
        byte[] picture = GridRender.Picture();
        RenderRequest[] requests = Requests;
        byte[][] references = await ReferenceRenders.MakeAsync(model, folder, requests, picture);
        SiloProcess[] silos =
        [
            .. Enumerable.Range(1, Coordinators).Select(number => Silo($"c{number}", isWorker: false)),
            .. Enumerable.Range(1, Workers).Select(number => Silo($"w{number}", isWorker: true)),
        ];
        try
        {
            foreach (SiloProcess silo in silos)
            {
                silo.Start();
                await silo.ReadyAsync();
            }

            string[] loaded =
            [
                .. silos.Where(silo => !silo.IsWorker && Maps(silo.Id).Contains("libtorch_cpu", StringComparison.Ordinal))
                    .Select(silo => silo.Name),
            ];
            Console.WriteLine(
                $"  {Coordinators} coordinators "
                    + $"({(loaded.Length == 0 ? "no libtorch in them" : $"libtorch loaded in {string.Join(", ", loaded)}")}), "
                    + $"{Workers} workers of 2 devices; {AtOnce} jobs at once of "
                    + $"{string.Join(" or ", requests.Select(one => one.Steps).Distinct())} steps; {site.Name}; seed {options.Seed}");
            using var flow = new JobFlow(Addresses(silos), requests, picture, site.Key);
            site.Begin();
            Task running = flow.RunAsync(AtOnce, JobTimeout);
            await RoundsAsync(silos, flow);
            flow.Stop();
            await running;
            return await JudgeAsync(flow, references) && loaded.Length == 0;
        }
        finally
        {
            foreach (SiloProcess silo in silos) silo.Dispose();
        }
    }

    private protected RenderRequest Request(int kind, int steps) => new()
    {
        Model = model.Manifest.Name, Prompt = "a bird moves to the right", Steps = steps, Seed = (ulong)kind + 1, AnalyticInit = "off",
    };

    private protected virtual SiloProcess Silo(string name, bool isWorker) => new(name, isWorker, site, model.Folder, folder);

    /// <summary>Where clients ask.</summary>
    private protected virtual IEnumerable<Uri> Addresses(SiloProcess[] silos) =>
        silos.Where(silo => !silo.IsWorker).Select(silo => silo.Url);

    /// <summary>How many jobs have other bytes than they should.</summary>
    private protected virtual Task<int> DifferentAsync(IReadOnlyList<FlowJob> jobs, byte[][] references) =>
        Task.FromResult(jobs.Count(job => job.Video is { } video && !video.AsSpan().SequenceEqual(references[job.Kind])));

    protected virtual async Task RoundsAsync(SiloProcess[] silos, JobFlow flow)
    {
        for (int round = 1; round <= options.Rounds; round++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1 + (Random.NextDouble() * 4)));
            bool freeze = round % FreezeEvery == 0 || round == options.Rounds;
            SiloProcess victim = freeze ? silos[Coordinators + Random.Next(Workers)] : silos[Random.Next(silos.Length)];
            Dictionary<string, long> hit = Hit(victim, flow);
            string kind = $"{(freeze ? "SIGSTOP 60 s of" : "kill -9 of")} a {(victim.IsWorker ? "worker" : "coordinator")}";
            long start = Stopwatch.GetTimestamp();
            if (freeze) await victim.FreezeAsync();
            else await victim.KillAsync();
            Task<(List<double>, int)> waits = WaitAsync(hit, start);
            await (freeze ? ThawAsync(victim) : Task.Delay(RestartAfter));
            if (!victim.IsAlive) victim.Start();
            await victim.ReadyAsync();
            (List<double> seconds, int unfinished) = await waits;
            Counts.Add(kind, seconds, unfinished);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  round {round}: {kind}: {victim.Name}; next chunk after "
                    + $"{string.Join(", ", seconds.Select(one => one.ToString("F1", CultureInfo.InvariantCulture)))} "
                    + $"s{(unfinished > 0 ? $", {unfinished} not in {ChunkTimeout.TotalSeconds} s" : "")}; "
                    + $"{flow.Jobs.Count(job => job.End is not null)} jobs done"));
            foreach (SiloProcess dead in silos.Where(silo => !silo.IsAlive))
            {
                Console.WriteLine($"  {dead.Name} has ended by itself; started again");
                dead.Start();
                await dead.ReadyAsync();
            }
        }
    }

    // Jobs with a chunk at the victim; of a coordinator, all that are under way: whose they are cannot be seen from outside.
    private protected Dictionary<string, long> Hit(SiloProcess victim, JobFlow flow)
    {
        var stored = new StoredJobs(site);
        return flow.Jobs.Where(job => job.End is null)
            .Select(job => (Id: job.Id.Value, State: stored.Read(job.Id.Value)))
            .Where(
                job => job.State is { } state
                    && StoredJobs.IsUnderWay(state)
                    && (!victim.IsWorker || StoredJobs.IsWith(state, victim.Name)))
            .ToDictionary(job => job.Id, job => StoredJobs.Handed(job.State!));
    }

    private protected async Task<(List<double> Seconds, int Unfinished)> WaitAsync(Dictionary<string, long> hit, long start)
    {
        var stored = new StoredJobs(site);
        var seconds = new List<double>();
        while (hit.Count > 0 && Stopwatch.GetElapsedTime(start) < ChunkTimeout)
        {
            foreach ((string id, long before) in hit.ToList())
            {
                if (stored.Read(id) is not { } job || (StoredJobs.Handed(job) == before && StoredJobs.IsUnderWay(job))) continue;
                // A job whose last results came from elsewhere needs no other chunk.
                TimeSpan wait = Stopwatch.GetElapsedTime(start);
                if (StoredJobs.Handed(job) > before) seconds.Add(wait.TotalSeconds);
                if (wait > WorthTelling)
                {
                    Console.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"  {id}: {wait.TotalSeconds:F1} s, until {DateTime.UtcNow:HH:mm:ss}"));
                }

                _ = hit.Remove(id);
            }

            await Task.Delay(PollInterval);
        }

        return (seconds, hit.Count);
    }

    // A silo that was taken for dead ends itself when it finds out; one that was not goes on.
    private static async Task ThawAsync(SiloProcess victim)
    {
        await Task.Delay(Frozen);
        await victim.ThawAsync();
        bool ended = await victim.EndsAsync(Late);
        Console.WriteLine($"  {victim.Name} was frozen and {(ended ? "ended itself, as one that is taken for dead must" : "goes on")}");
    }

    private async Task<bool> JudgeAsync(JobFlow flow, byte[][] references)
    {
        var stored = new StoredJobs(site);
        IReadOnlyList<FlowJob> jobs = flow.Jobs;
        int lost = jobs.Count(job => job.WasAbsent || job.End is null);
        FlowJob[] failed = [.. jobs.Where(job => job.End is { } end && end.State != JobState.Completed)];
        int different = await DifferentAsync(jobs, references);
        int unfenced = jobs.Sum(job => stored.Read(job.Id.Value) is { } state ? StoredJobs.Unfenced(state) : 0);
        IReadOnlyList<JobSnapshot> listed = await AllAsync(flow);
        // A job that ends twice ends at another time; one that nobody submitted was made twice.
        int twice = listed.Count(
            snapshot => jobs.FirstOrDefault(job => job.Id == snapshot.Id) is { End: { } end } && snapshot.FinishedAt != end.FinishedAt);
        int unknown = listed.Count - listed.Select(snapshot => snapshot.Id).Distinct().Count()
            + listed.Count(snapshot => jobs.All(job => job.Id != snapshot.Id));
        Counts.Print();
        site.Print();
        foreach (FlowJob job in failed) Console.WriteLine($"  {job.Id}: {job.End!.State}: {job.End.Error?.Message}");
        foreach (FlowJob job in jobs.Where(job => job.WasAbsent || job.End is null))
        {
            Console.WriteLine(
                $"  {job.Id}: {(job.WasAbsent ? "the grid said that there is no such job" : $"not over after {JobTimeout}")}");
        }

        Console.WriteLine(
            $"  {jobs.Count} jobs acknowledged: {lost} lost, {failed.Length} failed, {twice + unknown} duplicated, {different} with "
                + $"other bytes than an undisturbed render; {unfenced} results of late holders taken (aims: 0)");
        return lost + failed.Length + twice + unknown + different + unfenced == 0;
    }

    private static async Task<IReadOnlyList<JobSnapshot>> AllAsync(JobFlow flow)
    {
        const int Page = 500;
        var all = new List<JobSnapshot>();
        IReadOnlyList<JobSnapshot> page;
        do
        {
            JobCursor? from = all.Count == 0 ? null : JobCursor.Of(all[^1]);
            page = await flow.AskAsync(
                client => client.ListAsync(new JobQuery { Limit = Page, From = from, OldestFirst = true }), JobTimeout);
            all.AddRange(page);
        }
        while (page.Count == Page);
        return all;
    }

    private static string Maps(int process) => File.ReadAllText($"/proc/{process}/maps");
}
