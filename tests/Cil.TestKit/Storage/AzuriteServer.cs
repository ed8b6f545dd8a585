using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Cil.TestKit.Storage;

/// <summary>
/// Azurite, the emulator of Azure storage, on free ports of this machine. Installed once by npm into the build's own folder.
/// </summary>
internal sealed partial class AzuriteServer : IAsyncDisposable
{
    private const string Version = "3.35.0";

    // The emulator's published account; it is the same everywhere and guards nothing.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim Installing = new(1);
    private readonly Process process;

    private AzuriteServer(Process process, Uri blobs, Uri tables) => (this.process, Blobs, Tables) = (process, blobs, tables);

    /// <summary>Where blobs are served.</summary>
    internal Uri Blobs { get; }

    /// <summary>Where tables are served.</summary>
    internal Uri Tables { get; }

    /// <param name="folder">
    /// Where it keeps what it is given; null for its memory. There, after many writes, it answers nobody for a minute and a half while it
    /// collects its garbage, every ten minutes.
    /// </param>
    /// <exception cref="InvalidOperationException">npm could not install it, or it did not start: in npm's or its own words.</exception>
    internal static async Task<AzuriteServer> StartAsync(string? folder = null)
    {
        string program = await InstallAsync();
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            program, "--blobHost", "127.0.0.1", "--blobPort", "0", "--queueHost",
            "127.0.0.1", "--queuePort", "0", "--tableHost", "127.0.0.1", "--tablePort", "0",
            "--skipApiVersionCheck", "--disableTelemetry",
            .. folder is null ? (ReadOnlySpan<string>)["--inMemoryPersistence"] : ["--location", folder],
        ];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        // Read to the end even when nobody looks: a full pipe would stop the emulator.
        Task<string> errors = process.StandardError.ReadToEndAsync();
        var addresses = new Dictionary<string, Uri>(StringComparer.Ordinal);
        using var timeout = new CancellationTokenSource(TimeLimit);
        while (!(addresses.ContainsKey("Blob") && addresses.ContainsKey("Table")))
        {
            if (await process.StandardOutput.ReadLineAsync(timeout.Token) is not { } line)
                throw new InvalidOperationException($"Azurite did not start: {await errors}");
            if (Listening().Match(line) is { Success: true } match)
                addresses[match.Groups["service"].Value] = new Uri(match.Groups["address"].Value);
        }

        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return new AzuriteServer(process, addresses["Blob"], addresses["Table"]);
    }

    /// <summary>A connection string whose blobs and tables are at these addresses.</summary>
    internal static string Connection(Uri blobs, Uri tables) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};"
            + $"BlobEndpoint={new Uri(blobs, Account)};TableEndpoint={new Uri(tables, Account)};";

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    // Test classes start theirs at the same time, and npm cannot install into one folder twice at once.
    private static async Task<string> InstallAsync()
    {
        await Installing.WaitAsync();
        try
        {
            return await InstallOnceAsync();
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task<string> InstallOnceAsync()
    {
        string folder = Path.Combine(RepositoryRoot(), "artifacts", $"azurite-{Version}");
        string program = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js");
        string done = Path.Combine(folder, "installed");
        if (File.Exists(done)) return program;
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo("npm") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[]
        {
            "install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", $"azurite@{Version}",
        })
        {
            start.ArgumentList.Add(argument);
        }

        using Process npm = Process.Start(start) ?? throw new InvalidOperationException("npm: could not be started");
        Task<string> output = npm.StandardOutput.ReadToEndAsync(), errors = npm.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(TimeLimit);
        await npm.WaitForExitAsync(timeout.Token);
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm install azurite@{Version} failed ({npm.ExitCode}): {await errors}{await output}");
        await File.WriteAllTextAsync(done, "");
        return program;
    }

    private static string RepositoryRoot()
    {
        foreach (string from in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
            for (DirectoryInfo? folder = new(from); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "Cil.sln"))) return folder.FullName;
        throw new InvalidOperationException($"Cil.sln is in no folder above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}");
    }

    [GeneratedRegex(@"Azurite (?<service>\w+) service .*listen.* at (?<address>http://127\.0\.0\.1:\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Listening();
}
