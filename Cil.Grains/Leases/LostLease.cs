using Cil.Interfaces;

namespace Cil.Grains.Leases;

/// <summary>A chunk that its worker will not finish.</summary>
/// <param name="IsFailure">Whether it counts as a failure of the chunk; the loss of a silo does not.</param>
internal sealed record LostLease(int Chunk, string Worker, JobError Reason, bool IsFailure);
