using System.Runtime.InteropServices;

namespace Cil.Silo.Hosting;

/// <summary>SIGTERM and SIGINT: the first one asks for a stop, the second one ends the process at once, whatever it is doing.</summary>
internal sealed class StopSignals : IDisposable
{
    private const int SignalBase = 128, Interrupt = 2, Terminate = 15;

    private readonly TaskCompletionSource stop;
    private readonly PosixSignalRegistration[] registrations;
    private int seen;

    /// <param name="stop">Completed at the first signal.</param>
    internal StopSignals(TaskCompletionSource stop)
    {
        this.stop = stop;
        registrations =
            [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Take), PosixSignalRegistration.Create(PosixSignal.SIGINT, Take)];
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
    }

    private void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        // No exit handlers: libtorch's would wait for the step that is under way. Whatever is not stored is rendered again.
        if (Interlocked.Increment(ref seen) > 1) Exit(SignalBase + (context.Signal == PosixSignal.SIGTERM ? Terminate : Interrupt));
        _ = stop.TrySetResult();
    }

    [DllImport("libc", EntryPoint = "_exit"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Exit(int status);
}
