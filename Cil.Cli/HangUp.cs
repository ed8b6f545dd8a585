using System.Globalization;
using System.Runtime.InteropServices;

namespace Cil.Cli;

/// <summary>
/// A terminal that is closed cancels a command as Ctrl-C does, so that nothing half-done is left; not where nohup has said
/// otherwise.
/// </summary>
internal sealed class HangUp : IDisposable
{
    private const string Status = "/proc/self/status", Ignored = "SigIgn:";

    private readonly CancellationTokenSource cancellation = new();
    private readonly PosixSignalRegistration? registration;

    private HangUp(bool isWatched)
    {
        if (!isWatched) return;
        registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            cancellation.Cancel();
        });
    }

    internal CancellationToken Token => cancellation.Token;

    /// <param name="isServing">A service keeps what it has in hand, however it ends.</param>
    internal static HangUp Watch(bool isServing) => new(!isServing && OperatingSystem.IsLinux() && !IsIgnored());

    public void Dispose()
    {
        registration?.Dispose();
        cancellation.Dispose();
    }

    // A set of signals in hexadecimal; SIGHUP is the first (proc(5)).
    private static bool IsIgnored() =>
        File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal)) is { } line
            && ulong.TryParse(line[Ignored.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong signals)
            && (signals & 1) != 0;
}
