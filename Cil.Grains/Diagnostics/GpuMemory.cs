namespace Cil.Grains.Diagnostics;

/// <summary>The memory of one GPU.</summary>
/// <param name="Id">Its name on this machine: cuda:0, …</param>
/// <param name="Used">Bytes that processes have in use, all of them together.</param>
/// <param name="Total">Bytes of the whole device.</param>
public sealed record GpuMemory(string Id, long Used, long Total);
