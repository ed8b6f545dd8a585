using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Cil.Benchmarks.Grid;
using Cil.TestKit.Storage;

namespace Cil.Benchmarks.Load;

/// <summary>A `cil serve` of its own, with keys: its address, its memory, its processor time, and how often its queue was asked.</summary>
internal sealed class LoadService : IAsyncDisposable
{
    private const string Calls = "cil_queue_calls_total{";
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(3), Look = TimeSpan.FromMilliseconds(250);
    private readonly string folder = Directory.CreateTempSubdirectory("cil-load-").FullName;
    private readonly Uri url = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.Free(1)}"));
    private Process? process;

    private LoadService()
    {
    }

    /// <summary>Keys that may render, each of a tenant of its own.</summary>
    internal IReadOnlyList<string> Keys { get; private set; } = [];

    internal HttpClient Operator { get; private set; } = null!;

    internal TimeSpan ProcessorTime
    {
        get
        {
            process!.Refresh();
            return process.TotalProcessorTime;
        }
    }

    internal static async Task<LoadService> StartAsync(BenchmarkModel model, int tenants, IReadOnlyDictionary<string, string> variables)
    {
        var service = new LoadService();
        var keys = new List<string>();
        for (int tenant = 0; tenant < tenants; tenant++)
            keys.Add(await service.KeyAsync(string.Create(CultureInfo.InvariantCulture, $"tenant-{tenant}"), "render"));
        service.Keys = keys;
        service.Operator = service.Client(await service.KeyAsync("farm", "operator"));
        // The shell's job is the log; the process is cil itself.
        var start = new ProcessStartInfo(
            "sh",
            [
                "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh", Path.Combine(service.folder, "log"), "dotnet", Program, "serve",
                "--data", service.Data, "--models", model.Folder, "--url", service.url.ToString().TrimEnd('/'),
            ]);
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        service.process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(ReadyTimeout);
        while (!await service.IsReadyAsync(limit.Token)) await Task.Delay(Look, limit.Token);
        return service;
    }

    /// <summary>A client with connections of its own.</summary>
    internal HttpClient Client(string key)
    {
        var http = new HttpClient { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    /// <summary>Memory of the process that is in use now, in 10^6 bytes.</summary>
    internal double Megabytes()
    {
        string line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process!.Id}/status"))
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>Calls that the queue has answered so far, by their name, from the service's own metrics.</summary>
    internal async Task<Dictionary<string, double>> QueueCallsAsync()
    {
        string metrics = await Operator.GetStringAsync(new Uri("metrics", UriKind.Relative));
        var calls = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string line in metrics.Split('\n').Where(line => line.StartsWith(Calls, StringComparison.Ordinal)))
        {
            string name = line.Split("call=\"")[1].Split('"')[0];
            calls[name] = double.Parse(line.Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        }

        return calls;
    }

    public async ValueTask DisposeAsync()
    {
        Operator.Dispose();
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "cil.dll");

    private string Data => Path.Combine(folder, "data");

    private async Task<string> KeyAsync(string tenant, string scope)
    {
        using Process create = Process.Start(
            new ProcessStartInfo("dotnet", [Program, "keys", "create", "--tenant", tenant, "--scopes", scope, "--data", Data])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        string key = (await create.StandardOutput.ReadToEndAsync()).Trim();
        await create.WaitForExitAsync();
        return create.ExitCode == 0 ? key : throw new InvalidOperationException($"no key: {await create.StandardError.ReadToEndAsync()}");
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        if (process!.HasExited)
        {
            string log = await File.ReadAllTextAsync(Path.Combine(folder, "log"), cancellationToken);
            throw new InvalidOperationException($"it ended at its start: {log}");
        }


        try
        {
            using HttpResponseMessage answer = await Operator.GetAsync(new Uri("health/ready", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
