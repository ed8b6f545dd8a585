using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Cil.Silo.Tests.Blobs;

/// <summary>
/// Azurite on a free port of this machine, for one test class. Installed once by npm into the build's own folder; where
/// that fails, the tests fail with npm's words rather than being skipped.
/// </summary>
public sealed partial class Azurite : IAsyncLifetime
{
    private const string Version = "3.35.0";

    // The emulator's published account; it is the same everywhere and guards nothing.
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private Process? process;

    public string ConnectionString { get; private set; } = "";

    public async Task InitializeAsync()
    {
        string program = await InstallAsync();
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { program, "--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry" })
            start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        // Read to the end even when nobody looks: a full pipe would stop the emulator.
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? address = null;
        using var patience = new CancellationTokenSource(Patience);
        while (address is null && await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            if (Listening().Match(line) is { Success: true } match) address = match.Value;
        if (address is null) throw new InvalidOperationException($"Azurite did not start: {await errors}");
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={address}/{Account};";
    }

    public async Task DisposeAsync()
    {
        if (process is null) return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task<string> InstallAsync()
    {
        string folder = Path.Combine(RepositoryRoot(), "artifacts", $"azurite-{Version}");
        string program = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "blob", "main.js");
        string done = Path.Combine(folder, "installed");
        if (File.Exists(done)) return program;
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo("npm") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { "install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", $"azurite@{Version}" })
            start.ArgumentList.Add(argument);
        using Process npm = Process.Start(start) ?? throw new InvalidOperationException("npm: could not be started");
        Task<string> output = npm.StandardOutput.ReadToEndAsync(), errors = npm.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        await npm.WaitForExitAsync(patience.Token);
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm install azurite@{Version} failed ({npm.ExitCode}): {await errors}{await output}");
        await File.WriteAllTextAsync(done, "");
        return program;
    }

    private static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Cil.sln"))) return folder.FullName;
        throw new InvalidOperationException($"Cil.sln is in no folder above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Listening();
}
