using System.Globalization;

namespace Cil.Diffusion.Devices;

/// <summary>The memory that this process may take: the machine's, or less where a control group or a resource limit says so.</summary>
internal static class SystemMemory
{
    private const long Kibibyte = 1024;
    private const string MachineFile = "/proc/meminfo", LimitsFile = "/proc/self/limits", GroupsFile = "/proc/self/cgroup", GroupsFolder = "/sys/fs/cgroup";

    // Rows of /proc/self/limits that count memory: RLIMIT_AS and RLIMIT_DATA.
    private static readonly string[] Limits = ["Max address space", "Max data size"];

    /// <summary>In bytes; null where the system does not tell.</summary>
    internal static long? Total()
    {
        try
        {
            long machine = Kibibyte * Numbers(File.ReadLines(MachineFile).First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))).First();
            return Least(machine, [.. ResourceLimits(File.ReadLines(LimitsFile)), .. GroupLimits(File.ReadLines(GroupsFile), GroupsFolder)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    internal static long Least(long machine, IEnumerable<long> limits) => limits.Append(machine).Min();

    /// <summary>The soft limits on memory among the rows of /proc/self/limits; "unlimited" is none.</summary>
    internal static IEnumerable<long> ResourceLimits(IEnumerable<string> rows) => rows
        .Where(row => Array.Exists(Limits, name => row.StartsWith(name, StringComparison.Ordinal)))
        .SelectMany(row => Numbers(row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[1]));

    /// <summary>The limits of the group that the process is in and of those above it, as far as they are to be seen (cgroups(7), version 1 and 2).</summary>
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
