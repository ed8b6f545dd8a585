using System.Diagnostics;

namespace Cil.Cli.Tests;

/// <summary>Runs the built program as a process of its own.</summary>
internal static class CilProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    internal sealed record Outcome(int ExitCode, string Output, string Errors);

    internal static Process Start(string folder, params string[] arguments) => Start(folder, arguments, variable: null);

    internal static Process Start(string folder, string[] arguments, (string Name, string Value)? variable)
    {
        // A shell's background jobs ignore Ctrl-C, and so would all that they start.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,HUP", "dotnet", Path.Combine(AppContext.BaseDirectory, "cil.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // One thread a device: these models gain nothing from a second one, and two that wait for each other need
            // minutes where other programs are at work on the same processors.
            Environment = { ["DOTNET_PROCESSOR_COUNT"] = "1" },
        };
        if (variable is var (name, value)) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    internal static async Task<Outcome> RunAsync(string folder, params string[] arguments)
    {
        using Process program = Start(folder, arguments);
        return await EndAsync(program);
    }

    internal static async Task<Outcome> EndAsync(Process program)
    {
        using var patience = new CancellationTokenSource(Patience);
        Task<string> output = program.StandardOutput.ReadToEndAsync(patience.Token), errors = program.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await program.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            program.Kill(entireProcessTree: true);
            throw;
        }

        return new Outcome(program.ExitCode, await output, await errors);
    }
}
