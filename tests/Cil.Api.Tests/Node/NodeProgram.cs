using System.Diagnostics;
using System.Text.Json;

namespace Cil.Api.Tests.Node;

/// <summary>Programs of npm's packages, as their makers publish them. They are installed once, on the first run.</summary>
internal static class NodeProgram
{
    private const string Packages = "package.json";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);
    private static readonly SemaphoreSlim Installing = new(1);

    /// <summary>Runs one of the programs beside this file.</summary>
    /// <returns>The JSON that it says.</returns>
    internal static async Task<JsonElement> RunAsync(string program, params string[] arguments)
    {
        string folder = await InstallAsync();
        return JsonDocument.Parse((await StartAsync("node", folder, [program, .. arguments])).Output).RootElement;
    }

    /// <summary>Runs a command that a package brings; its exit code may be any.</summary>
    internal static async Task<(int ExitCode, string Output)> RunToolAsync(string tool, params string[] arguments) =>
        await StartAsync("node", await InstallAsync(), [tool, .. arguments], mayFail: true);

    private static async Task<string> InstallAsync()
    {
        string folder = Path.Combine(Repository(), "artifacts", "node-client"),
            source = Path.Combine(AppContext.BaseDirectory, "Node"), stamp = Path.Combine(folder, "installed");
        await Installing.WaitAsync();
        try
        {
            _ = Directory.CreateDirectory(folder);
            foreach (string file in Directory.GetFiles(source))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            string wanted = await File.ReadAllTextAsync(Path.Combine(source, Packages));
            if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted) return folder;
            _ = await StartAsync("npm", folder, ["install", "--no-audit", "--no-fund", "--loglevel=error"]);
            await File.WriteAllTextAsync(stamp, wanted);
            return folder;
        }
        finally
        {
            _ = Installing.Release();
        }
    }

    private static string Repository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cil.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Cil.sln above the tests");
        return folder;
    }

    private static async Task<(int ExitCode, string Output)> StartAsync(
        string program, string folder, string[] arguments, bool mayFail = false)
    {
        using var timeout = new CancellationTokenSource(TimeLimit);
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true,
            RedirectStandardError = true, Environment = { ["REDOCLY_TELEMETRY"] = "off" },
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token),
            errors = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        Assert.True(mayFail || process.ExitCode == 0, $"{program}: {await errors}");
        return (process.ExitCode, mayFail ? $"{await output}{await errors}" : await output);
    }
}
