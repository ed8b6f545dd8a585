using System.Diagnostics;

namespace Cil.Cli.Tests;

/// <summary>Runs the built program as a process of its own.</summary>
internal static class CilProgram
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(3);

    internal sealed record Outcome(int ExitCode, string Output, string Errors);

    internal static Process Start(string folder, params string[] arguments) => Start(folder, arguments, variable: null);

    internal static Process Start(string folder, string[] arguments, (string Name, string Value)? variable) =>
        Start(folder, "env", [.. Command, .. arguments], variable);

    /// <summary>On a terminal of its own; output and errors are what the terminal shows.</summary>
    internal static async Task<Outcome> RunOnTerminalAsync(string folder, params string[] arguments)
    {
        string line = string.Join(' ', Command.Prepend("env").Concat(arguments).Select(word => $"'{word}'"));
        using Process terminal = Start(folder, "script", ["-qec", line, "/dev/null"], ("TERM", "xterm"));
        return await EndAsync(terminal);
    }

    // A shell's background jobs ignore Ctrl-C, and so would all that they start.
    private static string[] Command => ["--default-signal=INT,HUP", "dotnet", Path.Combine(AppContext.BaseDirectory, "cil.dll")];

    private static Process Start(string folder, string program, string[] arguments, (string Name, string Value)? variable)
    {
        var start = new ProcessStartInfo(program, arguments)
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
        using var timeout = new CancellationTokenSource(TimeLimit);
        Task<string> output = program.StandardOutput.ReadToEndAsync(timeout.Token),
            errors = program.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await program.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            program.Kill(entireProcessTree: true);
            throw;
        }

        return new Outcome(program.ExitCode, await output, await errors);
    }
}
