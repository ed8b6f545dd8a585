using System.Diagnostics;
using System.Globalization;

namespace Cil.Benchmarks.Faults;

/// <summary>A Redis of this machine on a free port, for one run.</summary>
internal sealed class RedisServer : IDisposable
{
    private const string Program = "redis-server";
    private readonly Process process;

    private RedisServer(Process process, int port) => (this.process, Port) = (process, port);

    internal int Port { get; }

    /// <summary>Null where the program is not installed.</summary>
    internal static RedisServer? Start(string folder)
    {
        int port = Ports.Free(1);
        var start = new ProcessStartInfo(Program, ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder])
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

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
