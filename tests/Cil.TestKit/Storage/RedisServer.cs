using System.Diagnostics;
using System.Globalization;

namespace Cil.TestKit.Storage;

/// <summary>A Redis of this machine on a free port, for one run.</summary>
internal sealed class RedisServer : IDisposable
{
    private const string Program = "redis-server";
    private readonly Process process;
    private bool isEnded;

    private RedisServer(Process process, int port) => (this.process, Port) = (process, port);

    internal int Port { get; }

    /// <summary>Null where the program is not installed.</summary>
    /// <param name="port">0 for a free one.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="isKept">Whether what is in it is there again when another is started in the folder.</param>
    internal static RedisServer? Start(string folder, int port = 0, bool isKept = false, string address = "127.0.0.1")
    {
        if (port == 0) port = Ports.Free(1);
        var start = new ProcessStartInfo(
            Program,
            [
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", address, "--protected-mode", "no",
                "--save", "", "--appendonly", isKept ? "yes" : "no", "--appendfsync", "always", "--dir", folder,
            ])
        {
            RedirectStandardOutput = true,
        };
        try
        {
            Process process = Process.Start(start)!;
            // Read to the end even when nobody looks: a full pipe would stop it.
            _ = process.StandardOutput.ReadToEndAsync();
            return new RedisServer(process, port);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Ends it at once, as a lost machine would.</summary>
    public void Dispose()
    {
        if (isEnded) return;
        isEnded = true;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
