using System.Globalization;

namespace Cil.Diffusion.Devices;

/// <summary>How much of the processors other programs take, from /proc/stat (proc(5)) and what this process took itself.</summary>
internal sealed class OtherPrograms
{
    private const string Statistics = "/proc/stat";

    // USER_HZ, in which Linux counts.
    private const double TicksPerSecond = 100;

    // Of the first line: user, nice, system, idle, iowait, irq, softirq, steal.
    private const int Idle = 3, Waiting = 4, Counted = 8;

    private (TimeSpan All, TimeSpan Own) last = Read();

    /// <summary>The time since the call before in which others had a processor, divided by the number of processors.</summary>
    internal TimeSpan Next()
    {
        (TimeSpan All, TimeSpan Own) now = Read();
        TimeSpan others = now.All - last.All - (now.Own - last.Own);
        last = now;
        return others < TimeSpan.Zero ? TimeSpan.Zero : others / Environment.ProcessorCount;
    }

    private static (TimeSpan All, TimeSpan Own) Read()
    {
        string[] fields;
        try
        {
            fields = File.ReadLines(Statistics).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A system that does not tell: nothing is contended.
            return default;
        }

        double busy = fields.Skip(1).Take(Counted).Select((field, index) =>
            index is Idle or Waiting ? 0 : double.Parse(field, CultureInfo.InvariantCulture)).Sum();
        return (TimeSpan.FromSeconds(busy / TicksPerSecond), Environment.CpuUsage.TotalTime);
    }
}
