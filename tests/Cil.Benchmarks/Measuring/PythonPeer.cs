using System.Diagnostics;
using System.Globalization;

namespace Cil.Benchmarks.Measuring;

/// <summary>An original implementation in a Python process (a script of bench/peers), which times a run whenever it is asked.</summary>
internal sealed class PythonPeer : IDisposable
{
    private const string Ready = "ready";
    private readonly Process process;
    private readonly Task<string> errors;

    private PythonPeer(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>PyTorch's.</summary>
    internal string Version { get; private set; } = "";

    /// <summary>The most memory that the process held until its first run was done, in 10^6 bytes.</summary>
    internal double PeakMegabytes { get; private set; }

    /// <summary>Starts the script and waits until it has made its first run.</summary>
    /// <exception cref="InvalidOperationException">
    /// The script failed: its last lines say why (the original is not importable, say).
    /// </exception>
    internal static PythonPeer Start(BenchmarkOptions options, string script, params string[] arguments)
    {
        string threads = options.Threads.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(
            options.Python, [script, .. arguments, "--threads", threads, "--device", options.Device.ToString()])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["CIL_PEERS"] = options.Peers;
        // Whatever products Debian's PyTorch has, it has these threads for them.
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = threads;
        var peer = new PythonPeer(Process.Start(start) ?? throw new InvalidOperationException($"{options.Python}: did not start"));
        string greeting = peer.Answer();
        if (greeting.Split(' ') is not [Ready, var version, var peak])
            throw new InvalidOperationException($"{script}: expected '{Ready} VERSION MEGABYTES', got '{greeting}'");
        (peer.Version, peer.PeakMegabytes) = (version, double.Parse(peak, CultureInfo.InvariantCulture));
        return peer;
    }

    /// <summary>One run's seconds, by the script's own clock.</summary>
    /// <param name="half">In bfloat16; else as it was loaded.</param>
    internal double Run(bool half = false)
    {
        process.StandardInput.WriteLine(half ? "half" : "");
        process.StandardInput.Flush();
        return double.Parse(Answer(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private string Answer() => process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException(
            $"{process.StartInfo.ArgumentList[0]} failed:\n{string.Join('\n', errors.Result.Split('\n').TakeLast(6))}");
}
