using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Cil.Media.Processes;

/// <summary>
/// Starts programs that read untrusted files: with a limit on their address space, and killed by the kernel when this process
/// ends in any way, SIGKILL included. The tools <c>setpriv</c> and <c>prlimit</c> set both and then become the program, so
/// the process id stays the same.
/// </summary>
internal static class LimitedProcess
{
    private static readonly BlockingCollection<Action> Starts = Begin();

    /// <param name="program">Looked for in PATH.</param>
    /// <param name="addressSpace">In bytes.</param>
    /// <exception cref="MediaException">The program or one of the tools is not installed.</exception>
    public static Task<Process> StartAsync(string program, IEnumerable<string> arguments, long addressSpace)
    {
        string path = Require(program);
        var start = new ProcessStartInfo("setpriv")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        string[] tools =
        [
            "--pdeathsig", "KILL", "--", "prlimit",
            string.Create(CultureInfo.InvariantCulture, $"--as={Math.Min(addressSpace, MostAddressSpace())}"), "--core=0", "--", path,
        ];
        foreach (string argument in tools.Concat(arguments)) start.ArgumentList.Add(argument);
        // Each of glibc's arenas reserves 64 MiB of address space, one a thread.
        start.Environment["MALLOC_ARENA_MAX"] = "2";
        // Makes ffmpeg write a report file.
        _ = start.Environment.Remove("FFREPORT");
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Win32Exception error)
            {
                started.SetException(new MediaException(
                    $"the program setpriv cannot be started ({error.Message}); install the Debian package util-linux", error));
            }
            catch (Exception error)
            {
                started.SetException(error);
            }
        });
        return started.Task;
    }

    // The signal comes when the thread ends that started the program, not its process (prctl(2), PR_SET_PDEATHSIG). Threads
    // of the pool end when idle; this one does not.
    private static BlockingCollection<Action> Begin()
    {
        var starts = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (Action start in starts.GetConsumingEnumerable()) start();
        })
        { IsBackground = true, Name = "process starts" }.Start();
        return starts;
    }

    // What this process may give at most: a hard limit cannot be raised (getrlimit(2)).
    private static long MostAddressSpace()
    {
        const string Row = "Max address space";
        try
        {
            // Soft limit, hard limit and unit stand behind the name (proc(5)).
            string? limits = File.ReadLines("/proc/self/limits").FirstOrDefault(row => row.StartsWith(Row, StringComparison.Ordinal));
            string? hard = limits?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1);
            return long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : long.MaxValue;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue;
        }
    }

    private static string Require(string program) =>
        Find(program)
            ?? throw new MediaException($"the program {program} cannot be started (it is not in PATH); install the Debian package ffmpeg");

    internal static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
