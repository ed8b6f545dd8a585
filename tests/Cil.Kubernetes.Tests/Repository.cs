using System.Diagnostics;

namespace Cil.Kubernetes.Tests;

/// <summary>This clone's files, and programs run over them.</summary>
internal static class Repository
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);

    internal static string Root { get; } = Find();

    internal static string Folder(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>What a program prints.</summary>
    /// <exception cref="InvalidOperationException">It is not installed, or fails: in its own words.</exception>
    internal static async Task<string> RunAsync(string program, string[] arguments, string input = "", string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Root,
        };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            throw new InvalidOperationException($"{program} is needed and is not installed: {absent.Message}", absent);
        }

        using (process)
        {
            Task<string> output = process!.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            using var timeout = new CancellationTokenSource(TimeLimit);
            await process.WaitForExitAsync(timeout.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException(
                    $"{program} {string.Join(' ', arguments)}: exit status {process.ExitCode}: {await errors}{await output}");
        }
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Cil.sln"))) return folder.FullName;
        throw new InvalidOperationException($"Cil.sln is in no folder above {AppContext.BaseDirectory}");
    }
}
