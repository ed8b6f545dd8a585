using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Cil.Benchmarks.Grid;
using Cil.Interfaces.Jobs;
using Cil.Media.Clips;

namespace Cil.Benchmarks.Faults.Upgrade;

/// <summary>
/// A cluster of the version before, whose silos are replaced one after the other by silos of this one, with jobs under way: short ones,
/// and some of so many chunks that this version stores them in a form that the one before cannot read. Each job must end once. One
/// that began before the first silo of this version, or after the last of the other, must have that version's bytes; one between may
/// have chunks of both.
/// </summary>
internal sealed class UpgradeRun(
    BenchmarkOptions options, BenchmarkModel model, string folder, IFaultSite site, UpgradeKind kind)
    : FaultRun(options, model, folder, site), IDisposable
{
    private const int ShortSteps = 8, LongSteps = 64, ChunkSteps = 1;

    // Of 255. Rounding of two versions differs by less; another seed, prompt or picture is far beyond.
    private const double SameVideo = 4;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200), PhaseTimeout = TimeSpan.FromMinutes(10);
    private readonly BenchmarkModel model = model;
    private readonly string folder = folder;
    private readonly List<SiloProcess> successors = [];
    private readonly MixedCalls calls = new();
    // Silos of the version before that nobody has told to stop: one that was may be out of the cluster and not at its process's end.
    private readonly ConcurrentDictionary<SiloProcess, bool> staying = [];
    private HashSet<string> before = [], between = [];
    private int premature;

    /// <summary>The benchmark "upgrade".</summary>
    internal static async Task<bool> RunUpgradeAsync(BenchmarkOptions options)
    {
        if (options.Before is null || !File.Exists(options.Before))
            throw new ArgumentException($"--before: expected cil.dll of the version before, got '{options.Before}'");
        using var model = new BenchmarkModel(options);
        UpgradeKind[] kinds = Enum.GetValues<UpgradeKind>();
        bool met = true;
        for (int round = 0; round < options.Rounds; round++)
        {
            string folder = Directory.CreateTempSubdirectory("cil-upgrade-").FullName;
            await using IFaultSite? site = FolderSite.Start(folder);
            if (site is null)
            {
                Console.WriteLine("  skipped: redis-server is not installed (apt-get install redis-server)");
                return true;
            }

            UpgradeKind kind = kinds[round % kinds.Length];
            Console.WriteLine($"  round {round + 1}: {Words(kind)}");
            using var run = new UpgradeRun(options, model, folder, site, kind);
            bool isMet = await run.RunAsync() && run.premature == 0;
            if (isMet) Directory.Delete(folder, recursive: true);
            else Console.WriteLine($"  data and logs: {folder}");
            met &= isMet;
        }

        return met;
    }

    private protected override RenderRequest[] Requests =>
        [Request(0, ShortSteps), Request(1, ShortSteps), Request(2, ShortSteps), Request(3, LongSteps)];

    private protected override SiloProcess Silo(string name, bool isWorker) =>
        new(name, isWorker, Site, model.Folder, folder, Options.Before, ChunkSteps);

    private protected override IEnumerable<Uri> Addresses(SiloProcess[] silos)
    {
        successors.AddRange(silos.Select(
            silo => new SiloProcess($"{silo.Name}-new", silo.IsWorker, Site, model.Folder, folder, program: null, ChunkSteps)));
        return silos.Concat(successors).Where(silo => !silo.IsWorker).Select(silo => silo.Url);
    }

    protected override async Task RoundsAsync(SiloProcess[] silos, JobFlow flow)
    {
        await EndedAsync(flow, []);
        before = [.. flow.Jobs.Where(job => job.End is not null).Select(job => job.Id.Value)];
        using var enough = new CancellationTokenSource();
        foreach (SiloProcess silo in silos) staying[silo] = true;
        Task watching = WatchFormAsync(flow, enough.Token);
        int[] order = [.. Enumerable.Range(0, silos.Length)];
        Random.Shuffle(order);
        if (kind == UpgradeKind.TurnedBack)
        {
            int[] half = order[..((silos.Length + 1) / 2)];
            foreach (int place in half) await ReplaceAsync(silos[place], successors[place], silos);
            foreach (int place in half.Reverse()) await ReplaceAsync(successors[place], silos[place], silos);
        }

        foreach (int place in order) await ReplaceAsync(silos[place], successors[place], silos);
        between = [.. flow.Jobs.Select(job => job.Id.Value).Except(before)];
        await enough.CancelAsync();
        await watching;
        Console.WriteLine($"  all silos are of this version; {flow.Jobs.Count(job => job.End is not null)} jobs done");
        await EndedAsync(flow, [.. before, .. between]);
    }

    private protected override async Task<int> DifferentAsync(IReadOnlyList<FlowJob> jobs, byte[][] references)
    {
        calls.Print();
        if (premature > 0) Console.WriteLine($"  {premature} looks at jobs in a form that a silo that was there could not read (aim: 0)");
        FlowJob[] done = [.. jobs.Where(job => job.Video is not null)];
        byte[][] old = [.. Enumerable.Range(0, references.Length).Select(
            kind => done.First(job => before.Contains(job.Id.Value) && job.Kind == kind).Video!)];
        int different = done.Count(job => !Fits(job)), ofBoth = 0;
        double farthest = 0;
        foreach (FlowJob job in done.Where(job => between.Contains(job.Id.Value)))
        {
            if (IsVideo(job, old) || IsVideo(job, references)) continue;
            ofBoth++;
            double apart = await ApartAsync(job.Video!, references[job.Kind]);
            farthest = Math.Max(farthest, apart);
            if (apart > SameVideo || IsVideo(job.Kind, old, references)) different++;
        }

        double versions = 0;
        for (int kind = 0; kind < old.Length; kind++) versions = Math.Max(versions, await ApartAsync(old[kind], references[kind]));
        FlowJob[] mixed = [.. done.Where(job => between.Contains(job.Id.Value))];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {before.Count} jobs ended before, {mixed.Length} were under way meanwhile ({mixed.Count(job => IsVideo(job, old))} with "
                + $"the bytes of the version before, {mixed.Count(job => IsVideo(job, references))} with this one's, {ofBoth} with chunks "
                + $"of both), {done.Length - before.Count - mixed.Length} began afterwards. Frames of videos of both are at most "
                + $"{farthest:F2} of 255 from this version's in the mean; those of the version before are {versions:F2} from them"));
        return different;

        bool Fits(FlowJob job) => before.Contains(job.Id.Value) ? IsVideo(job, old)
            : between.Contains(job.Id.Value) || IsVideo(job, references);
    }

    public void Dispose()
    {
        calls.Dispose();
        foreach (SiloProcess silo in successors) silo.Dispose();
    }

    private static string Words(UpgradeKind kind) => kind switch
    {
        UpgradeKind.Stopped => "each silo is told to stop",
        UpgradeKind.TurnedBack => "each silo is told to stop; half-way back to the version before, and on again",
        _ => "each silo is killed",
    };

    private static bool IsVideo(FlowJob job, byte[][] videos) => job.Video!.AsSpan().SequenceEqual(videos[job.Kind]);

    private static bool IsVideo(int kind, byte[][] videos, byte[][] others) => videos[kind].AsSpan().SequenceEqual(others[kind]);

    // A Deployment has the next coordinator ready before it takes one away; a worker's GPU must be free first.
    private async Task ReplaceAsync(SiloProcess silo, SiloProcess successor, SiloProcess[] old)
    {
        if (silo.IsWorker) await EndAsync(silo);
        if (old.Contains(successor)) staying[successor] = true;
        successor.Start();
        await successor.ReadyAsync();
        await AskAsync(old);
        if (!silo.IsWorker) await EndAsync(silo);
        Console.WriteLine($"  {silo.Name} is replaced by {successor.Name}");
        await Task.Delay(TimeSpan.FromSeconds(1 + (Random.NextDouble() * 4)));
        await AskAsync(old);
    }

    private Task EndAsync(SiloProcess silo)
    {
        _ = staying.TryRemove(silo, out _);
        return kind == UpgradeKind.Killed ? silo.KillAsync() : silo.StopAsync();
    }

    private async Task AskAsync(SiloProcess[] old)
    {
        if (!old.Any(silo => silo.IsAlive)) return;
        foreach (SiloProcess silo in old.Where(silo => !silo.IsWorker && silo.IsAlive)) await calls.AskAsync(silo, "the version before");
        foreach (SiloProcess silo in successors.Where(silo => !silo.IsWorker && silo.IsAlive)) await calls.AskAsync(silo, "this version");
    }

    // Until a job of each kind has ended that is none of those.
    private async Task EndedAsync(JobFlow flow, HashSet<string> without)
    {
        using var limit = new CancellationTokenSource(PhaseTimeout);
        while (flow.Jobs.Where(job => job.Video is not null && !without.Contains(job.Id.Value)).Select(job => job.Kind).Distinct().Count()
            < Requests.Length)
        {
            if (limit.IsCancellationRequested) throw new InvalidOperationException($"no job of each kind has ended in {PhaseTimeout}");
            await Task.Delay(Look, CancellationToken.None);
        }
    }

    // The form that only this version reads is not to be there while a silo of the other is.
    private async Task WatchFormAsync(JobFlow flow, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (FlowJob job in flow.Jobs.Where(job => job.End is null))
            {
                byte[]? stored = Site.Read($"state/job/{job.Id.Value}.json");
                bool hasRuns = stored is not null && Encoding.UTF8.GetString(stored).Contains("\"Runs\"", StringComparison.Ordinal);
                if (hasRuns && !staying.IsEmpty) premature++;
            }

            await Task.Delay(Look, CancellationToken.None);
        }
    }

    private async Task<double> ApartAsync(byte[] video, byte[] other)
    {
        byte[] one = await FramesAsync(video), two = await FramesAsync(other);
        return one.Zip(two, (a, b) => Math.Abs(a - b)).Average();
    }

    private async Task<byte[]> FramesAsync(byte[] video)
    {
        string file = Path.Combine(folder, "compared.mp4");
        await File.WriteAllBytesAsync(file, video);
        return await ClipDecoder.DecodeAsync(file, model.Manifest.Width, model.Manifest.Height, model.Manifest.Frames);
    }
}
