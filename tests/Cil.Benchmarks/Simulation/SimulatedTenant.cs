namespace Cil.Benchmarks.Simulation;

/// <summary>Who sends jobs.</summary>
/// <param name="Jobs">Jobs an hour while it sends.</param>
/// <param name="From">The hours in which it sends.</param>
/// <param name="Priorities">A job's priority is one of these.</param>
internal sealed record SimulatedTenant(string Name, double Share, double Jobs, double From, double To, IReadOnlyList<int> Priorities)
{
    /// <summary>Seconds from a job's coming to its first chunk's start.</summary>
    internal List<double> Waits { get; } = [];

    internal int Sent { get; set; }

    internal int Done { get; set; }

    /// <summary>Device-seconds had while every tenant had jobs waiting.</summary>
    internal double Contended { get; set; }
}
