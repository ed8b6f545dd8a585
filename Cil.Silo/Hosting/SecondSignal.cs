using System.Runtime.InteropServices;

namespace Cil.Silo.Hosting;

/// <summary>The first signal to stop is the host's; the second one ends the process at once, whatever it is doing.</summary>
internal sealed class SecondSignal : IDisposable
{
    private const int SignalBase = 128, Interrupt = 2, Terminate = 15;

    private readonly PosixSignalRegistration[] registrations;
    private int seen;

    internal SecondSignal() => registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Count), PosixSignalRegistration.Create(PosixSignal.SIGINT, Count)];

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations) registration.Dispose();
    }

    private void Count(PosixSignalContext context)
    {
        context.Cancel = true;
        // No exit handlers: libtorch's would wait for the step that is under way. Whatever is not stored is rendered again.
        if (Interlocked.Increment(ref seen) > 1) Exit(SignalBase + (context.Signal == PosixSignal.SIGTERM ? Terminate : Interrupt));
    }

    [DllImport("libc", EntryPoint = "_exit"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void Exit(int status);
}
