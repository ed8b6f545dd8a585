namespace Cil.Benchmarks.Simulation;

/// <param name="Memory">Bytes that a chunk takes.</param>
/// <param name="Load">Seconds until it is on a device.</param>
/// <param name="Weight">How many of all jobs are of it, relatively.</param>
internal sealed record SimulatedModel(string Name, long Memory, double Load, double Weight);
