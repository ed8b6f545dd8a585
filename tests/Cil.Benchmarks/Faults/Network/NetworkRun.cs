using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Grid;

namespace Cil.Benchmarks.Faults.Network;

/// <summary>
/// The fault suite on a network that fails: round after round one silo is cut off, wholly, in one direction, or from one
/// other; or loses packets, or gets them late.
/// </summary>
internal sealed class NetworkRun(
    BenchmarkOptions options, BenchmarkModel model, string folder, NetworkSite site) : FaultRun(options, model, folder, site)
{
    private const double Loss = 0.2;

    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(20), Late = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300), Jitter = TimeSpan.FromMilliseconds(200);
    private static readonly string[] Faults = ["cut off", "one-way out", "one-way in", "cut from one", "loss", "delay"];

    private readonly NetworkSite network = site;

    /// <summary>The benchmark "networks-that-fail".</summary>
    internal static async Task<bool> RunNetworkAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("cil-network-").FullName;
        if (NetworkSite.Start(folder, Names, options.Seed, out string reason) is not { } site)
        {
            Console.WriteLine(
                $"  SKIPPED: no network namespaces here (root, /dev/net/tun and the Debian package iproute2 are needed): {reason}");
            return true;
        }

        await using (site)
        {
            using var model = new BenchmarkModel(options);
            bool met = await new NetworkRun(options, model, folder, site).RunAsync();
            if (met) Directory.Delete(folder, recursive: true);
            else Console.WriteLine($"  data and logs: {folder}");
            return met;
        }
    }

    protected override async Task RoundsAsync(SiloProcess[] silos, JobFlow flow)
    {
        for (int round = 1; round <= Options.Rounds; round++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1 + (Random.NextDouble() * 4)));
            string fault = Faults[(round - 1) % Faults.Length];
            SiloProcess victim = silos[Random.Next(silos.Length)];
            SiloProcess[] others = [.. silos.Where(silo => silo.IsWorker != victim.IsWorker)];
            SiloProcess other = others[Random.Next(others.Length)];
            Dictionary<string, long> hit = Hit(victim, flow);
            string kind = $"{Words(fault)} a {(victim.IsWorker ? "worker" : "coordinator")}";
            long start = Stopwatch.GetTimestamp();
            network.Router.Faults = Of(fault, network.HostOf(victim.Name), network.HostOf(other.Name));
            Task<(List<double>, int)> waits = WaitAsync(hit, start);
            await Task.Delay(Lasting);
            network.Router.Faults = [];
            // A silo that was taken for dead ends itself when it finds out; one that was not goes on.
            bool ended = await victim.EndsAsync(victim.IsAlive && await victim.IsReadyAsync() ? TimeSpan.FromSeconds(5) : Late);
            if (ended) victim.Start();
            await victim.ReadyAsync();
            (List<double> seconds, int unfinished) = await waits;
            Counts.Add(kind, seconds, unfinished);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  round {round}: {kind}: "
                    + $"{victim.Name}{(fault == "cut from one" ? $" and {other.Name}" : "")}{(ended ? ", which ended itself" : "")}; "
                    + $"next chunk after {string.Join(", ", seconds.Select(one => one.ToString("F1", CultureInfo.InvariantCulture)))} "
                    + $"s{(unfinished > 0 ? $", {unfinished} not in time" : "")}; {flow.Jobs.Count(job => job.End is not null)} "
                    + $"jobs done"));
            foreach (SiloProcess dead in silos.Where(silo => !silo.IsAlive))
            {
                Console.WriteLine($"  {dead.Name} has ended by itself; started again");
                dead.Start();
                await dead.ReadyAsync();
            }
        }
    }

    private static LinkFault[] Of(string fault, int victim, int other) => fault switch
    {
        "cut off" => [new(victim, null, 1), new(null, victim, 1)],
        "one-way out" => [new(victim, null, 1)],
        "one-way in" => [new(null, victim, 1)],
        "cut from one" => [new(victim, other, 1), new(other, victim, 1)],
        "loss" => [new(victim, null, Loss), new(null, victim, Loss)],
        _ => [new(victim, null, 0, Delay, Jitter), new(null, victim, 0, Delay, Jitter)],
    };

    private static string Words(string fault) => fault switch
    {
        "cut off" => "cut off:",
        "one-way out" => "sends nothing:",
        "one-way in" => "hears nothing:",
        "cut from one" => "cut from one silo:",
        "loss" => "20 % loss:",
        _ => "300 ms late:",
    };
}
