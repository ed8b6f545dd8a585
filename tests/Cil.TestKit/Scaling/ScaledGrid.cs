using System.Diagnostics;
using System.Globalization;
using Cil.TestKit.Storage;

namespace Cil.TestKit.Scaling;

/// <summary>A coordinator's process with a scaler, and how a worker's process of its cluster is begun.</summary>
internal sealed class ScaledGrid : IDisposable
{
    internal const string Class = "cpu";

    private const string Loopback = "127.0.0.1";
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(3), Look = TimeSpan.FromMilliseconds(100);

    private readonly string folder, program, model;
    private readonly IReadOnlyDictionary<string, string> settings;
    private readonly int port = Ports.Free(4);
    private readonly Process coordinator;

    /// <param name="program">cil.dll.</param>
    /// <param name="settings">Variables of all silos.</param>
    internal ScaledGrid(string program, string folder, string model, IReadOnlyDictionary<string, string> settings)
    {
        (this.program, this.folder, this.model, this.settings) = (program, folder, model, settings);
        Url = Address(port + 2);
        Scaler = Address(port + 3);
        coordinator = Start("c1", "coordinator", port, new Dictionary<string, string>
        {
            ["Cil__ScalerUrl"] = Scaler.ToString().TrimEnd('/'), ["Cil__Queue__Classes__0"] = Class,
        });
    }

    internal Uri Url { get; }

    internal Uri Scaler { get; }

    /// <summary>
    /// How long a worker's process waits before it begins, as one that pulls its image and loads a large model does.
    /// </summary>
    internal TimeSpan SlowStart { get; init; }

    internal ScaledWorker StartWorker(string name) =>
        new(name, Start(name, "worker", Ports.Free(3), new Dictionary<string, string> { ["Cil__Class"] = Class }));

    /// <summary>Waits until the coordinator takes jobs.</summary>
    internal async Task ReadyAsync()
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeLimit);
        while (true)
        {
            if (coordinator.HasExited) throw new InvalidOperationException($"the coordinator ended: {Log("c1")}");
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri(Url, "health/ready"), limit.Token);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(Look, limit.Token);
        }
    }

    /// <summary>
    /// Whether the worker ended as it should: by itself, or by the signal where that came before .NET handles signals, and so
    /// before it had said a word or taken work.
    /// </summary>
    internal bool EndedWell(ScaledWorker worker) =>
        !worker.WasKilled && (worker.ExitCode == 0 || (worker.ExitCode == ScaledWorker.EndedByTerm && Log(worker.Name).Length == 0));

    /// <summary>What a silo has written to its log.</summary>
    internal string Log(string name) => File.Exists(LogFile(name)) ? File.ReadAllText(LogFile(name)) : "";

    public void Dispose()
    {
        if (!coordinator.HasExited) coordinator.Kill();
        coordinator.WaitForExit();
        coordinator.Dispose();
    }

    private static Uri Address(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://{Loopback}:{port}"));

    private string LogFile(string name) => Path.Combine(folder, $"{name}.log");

    private Process Start(string name, string role, int first, Dictionary<string, string> own)
    {
        string[] arguments =
        [
            program, "serve", "--data", Path.Combine(folder, "data"), "--models", model, "--name", name, "--role", role, "--threads", "1",
            "--cluster", string.Create(CultureInfo.InvariantCulture, $"localhost={port}"),
            "--silo-port", first.ToString(CultureInfo.InvariantCulture),
            "--gateway-port", (first + 1).ToString(CultureInfo.InvariantCulture),
            "--url", Address(first + 2).ToString().TrimEnd('/'), "--verbose",
        ];
        // The shell's job is the log; the process is cil itself.
        var start = new ProcessStartInfo(
            "sh",
            [
                "-c", "log=$1; wait=$2; shift 2; sleep \"$wait\"; exec dotnet \"$@\" >>\"$log\" 2>&1", "sh", LogFile(name),
                (role == "worker" ? SlowStart : TimeSpan.Zero).TotalSeconds.ToString(CultureInfo.InvariantCulture), .. arguments,
            ]);
        foreach ((string variable, string value) in settings.Concat(own)) start.Environment[variable] = value;
        return Process.Start(start)!;
    }
}
