using System.Globalization;

namespace Cil.Diffusion.Devices;

/// <summary>
/// The memory that this process may take: the machine's, or less where a control group or a resource limit says so. The
/// resource limits count what is reserved, in use or not: what is reserved and not in use is taken off them.
/// </summary>
internal static class SystemMemory
{
    private const long Kibibyte = 1024;
    private const string MachineFile = "/proc/meminfo", LimitsFile = "/proc/self/limits",
        StatusFile = "/proc/self/status", GroupsFile = "/proc/self/cgroup", GroupsFolder = "/sys/fs/cgroup";

    // Rows of /proc/self/limits that count memory (RLIMIT_AS and RLIMIT_DATA), and what of /proc/self/status they limit.
    private static readonly (string Limit, string Reserved)[] Limits =
        [("Max address space", "VmSize:"), ("Max data size", "VmData:")];

    /// <summary>In bytes; null where the system does not tell.</summary>
    internal static long? Total()
    {
        try
        {
            long machine = Kibibyte * Numbers(
                File.ReadLines(MachineFile).First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))).First();
            IEnumerable<long> own = ResourceLimits(File.ReadLines(LimitsFile), File.ReadAllLines(StatusFile));
            return Least(machine, [.. own, .. GroupLimits(File.ReadLines(GroupsFile), GroupsFolder)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    internal static long Least(long machine, IEnumerable<long> limits) => limits.Append(machine).Min();

    /// <summary>What the soft limits on memory among the rows of /proc/self/limits allow; "unlimited" is none.</summary>
    /// <param name="status">The lines of /proc/self/status.</param>
    internal static IEnumerable<long> ResourceLimits(IEnumerable<string> rows, string[] status)
    {
        long used = DeviceMemory.Kilobytes(status, "VmRSS:");
        foreach (string row in rows)
        {
            (string name, string reserved) = Array.Find(Limits, one => row.StartsWith(one.Limit, StringComparison.Ordinal));
            if (name is null) continue;
            long idle = Kibibyte * Math.Max(0, DeviceMemory.Kilobytes(status, reserved) - used);
            string soft = row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[1];
            foreach (long limit in Numbers(soft)) yield return Math.Max(0, limit - idle);
        }
    }

    /// <summary>
    /// The limits of the group that the process is in and of those above it, as far as they are to be seen (cgroups(7),
    /// version 1 and 2).
    /// </summary>
    /// <param name="rows">Of /proc/self/cgroup: "0::/path" is version 2, "7:memory:/path" version 1.</param>
    internal static IEnumerable<long> GroupLimits(IEnumerable<string> rows, string folder)
    {
        foreach (string[] row in rows.Select(row => row.Split(':', 3)).Where(row => row.Length == 3))
        {
            bool isSecond = row[1].Length == 0;
            if (!isSecond && !row[1].Split(',').Contains("memory")) continue;
            string top = isSecond ? folder : Path.Combine(folder, "memory"), file = isSecond ? "memory.max" : "memory.limit_in_bytes";
            // Inside a container the path may be the host's, and its own group be at the top.
            for (string path = row[2].Trim('/'); ; path = Path.GetDirectoryName(path) ?? "")
            {
                if (Read(Path.Combine(top, path, file)) is { } limit) yield return limit;
                if (path.Length == 0) break;
            }
        }
    }

    private static long? Read(string file)
    {
        try
        {
            return File.Exists(file) ? Numbers(File.ReadAllText(file)).Cast<long?>().FirstOrDefault() : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // What is no number, such as "max" or "unlimited", is no limit.
    private static IEnumerable<long> Numbers(string text)
    {
        foreach (string word in text.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries))
            if (long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) yield return number;
    }
}
