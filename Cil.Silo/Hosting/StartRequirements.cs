using Cil.Media.Processes;

namespace Cil.Silo.Hosting;

/// <summary>
/// What a grid needs of its machine, looked for before it takes anything: without it every job would fail, each with another
/// word.
/// </summary>
internal static class StartRequirements
{
    // Jobs' ids and entries of the index begin with milliseconds since then.
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    /// <exception cref="StartRequirementException">Something is missing; all of it is named.</exception>
    internal static void Check(TimeProvider clock)
    {
        var missing = new List<string>();
        if (clock.GetUtcNow() is var now && now < Epoch)
            missing.Add($"the machine's clock: expected {Epoch:yyyy-MM-dd} or later, got {now:yyyy-MM-dd}; set it");
        missing.AddRange(
            Ffmpeg.Missing().Select(program => $"the program {program.Name} is not in PATH; install the Debian package {program.Package}"));
        if (missing.Count > 0) throw new StartRequirementException(missing);
    }
}
