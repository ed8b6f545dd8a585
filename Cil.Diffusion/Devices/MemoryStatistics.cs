namespace Cil.Diffusion.Devices;

/// <summary>Memory in bytes: on the processor this process's resident memory, on a GPU what all processes have taken of it.</summary>
/// <param name="UsedBytes">In use now, kept for the next tensor included.</param>
/// <param name="PeakBytes">The most that was in use since the start or the last reset.</param>
public readonly record struct MemoryStatistics(long UsedBytes, long PeakBytes);
