using System.Diagnostics;
using System.Globalization;

namespace Cil.TestKit.Scaling;

/// <summary>A worker's process, as a pod that an autoscaler starts and stops.</summary>
internal sealed class ScaledWorker(string name, Process process) : IDisposable
{
    /// <summary>The exit code of a process that SIGTERM ended, unhandled.</summary>
    internal const int EndedByTerm = 128 + SigTerm;

    private const int SigTerm = 15;

    internal string Name => name;

    /// <summary>Whether it was told to stop.</summary>
    internal bool IsStopping { get; private set; }

    /// <summary>Whether it had not ended within its grace, and was killed.</summary>
    internal bool WasKilled { get; private set; }

    /// <summary>From being told to stop until its end.</summary>
    internal TimeSpan StopTime { get; private set; }

    internal int ExitCode => process.ExitCode;

    internal bool HasExited => process.HasExited;

    /// <summary>Ends it at once, as a lost machine would.</summary>
    internal void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    internal async Task StopAsync(TimeSpan grace)
    {
        IsStopping = true;
        long start = Stopwatch.GetTimestamp();
        using (Process kill = Process.Start("kill", [$"-{SigTerm}", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(grace);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            WasKilled = true;
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        StopTime = Stopwatch.GetElapsedTime(start);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
