using Cil.Interfaces;

namespace Cil.Grains.Leases;

/// <summary>A chunk that its worker will not bring to an end.</summary>
/// <param name="IsFailure">Whether the chunk itself may be at fault, which a worker that is gone with its silo does not say.</param>
internal sealed record LostLease(int Chunk, string Worker, JobError Reason, bool IsFailure);
