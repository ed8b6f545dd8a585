using System.Diagnostics;
using System.Globalization;
using Cil.Cli;
using Cil.TestKit.Storage;

namespace Cil.Benchmarks.Faults;

/// <summary>One `cil serve` of the cluster, which can be killed, frozen and started again under its name and ports.</summary>
internal sealed class SiloProcess : IDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(5),
        Restart = TimeSpan.FromSeconds(2), PollInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(2);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly string[] arguments;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly string log;
    private Process? process;

    /// <param name="program">cil.dll; null for this version's.</param>
    internal SiloProcess(
        string name, bool isWorker, IFaultSite site, string model, string logs, string? program = null,
        int stepsPerChunk = FaultRun.StepsPerChunk)
    {
        const int PortsOfASilo = 3;
        (Name, IsWorker) = (name, isWorker);
        environment = new Dictionary<string, string>(site.Environment)
        {
            ["Cil__Planning__StepsPerChunk"] = stepsPerChunk.ToString(CultureInfo.InvariantCulture),
        };
        SiloPlace place = site.PlaceOf(name);
        int port = Ports.Free(PortsOfASilo);
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{place.Address}:{port + 2}"));
        log = Path.Combine(logs, $"{name}.log");
        arguments =
        [
            .. place.Prefix, "dotnet", program ?? Path.Combine(AppContext.BaseDirectory, "cil.dll"), "serve", "--data",
            site.Data, "--models", model, "--name", name, "--role", isWorker ? "worker" : "coordinator",
            "--devices", "2", "--threads", "1", "--cluster", site.Cluster, "--advertise", place.Address,
            "--silo-port", port.ToString(CultureInfo.InvariantCulture), "--gateway-port",
            (port + 1).ToString(CultureInfo.InvariantCulture), "--url", Url.ToString().TrimEnd('/'), "--verbose",
        ];
    }

    internal string Name { get; }

    internal bool IsWorker { get; }

    internal Uri Url { get; }

    internal bool IsAlive => process is { HasExited: false };

    internal int Id => process!.Id;

    internal void Start()
    {
        process?.Dispose();
        // The shell's job is the log; the process is cil itself.
        var start = new ProcessStartInfo("sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", log, .. arguments]);
        foreach ((string variable, string value) in environment) start.Environment[variable] = value;
        process = Process.Start(start)!;
    }

    /// <summary>
    /// Waits until it takes work. One that ends at its start, since storage is away say, is started again, as a supervisor
    /// does.
    /// </summary>
    /// <exception cref="InvalidOperationException">It did not become ready in time; the log says why.</exception>
    internal async Task ReadyAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < ReadyTimeout)
        {
            if (!IsAlive)
            {
                Console.WriteLine($"  {Name} ended at its start ({process!.ExitCode}: {Tail(1)}); started again");
                await Task.Delay(Restart);
                Start();
            }

            if (await IsReadyAsync()) return;
            await Task.Delay(PollInterval);
        }

        throw new InvalidOperationException($"{Name} was not ready in {ReadyTimeout}: {Tail(5)}");
    }

    /// <summary>Whether it says now that it takes work.</summary>
    internal async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage answer = await Http.GetAsync(new Uri(Url, "health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    internal async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Tells it to stop, and waits for its end.</summary>
    /// <exception cref="InvalidOperationException">It does not end in time.</exception>
    internal async Task StopAsync()
    {
        await SignalAsync("TERM");
        if (!await EndsAsync(StopTimeout)) throw new InvalidOperationException($"{Name} has not ended in {StopTimeout}: {Tail(5)}");
    }

    internal Task FreezeAsync() => SignalAsync("STOP");

    internal Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Waits so long for the process to end by itself.</summary>
    internal async Task<bool> EndsAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await process!.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private string Tail(int lines) => File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(lines)) : "no log";
}
