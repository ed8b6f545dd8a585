using Cil.Interfaces.Jobs;

namespace Cil.Interfaces.Batches;

/// <summary>One video of a batch.</summary>
/// <param name="Job">Its job's id.</param>
/// <param name="Image">The number of its picture, from 0.</param>
/// <param name="Snapshot">The job as it stands; null while it is not submitted, and once it is deleted.</param>
/// <param name="Error">Why it could not be submitted; null where it was, or will be.</param>
[GenerateSerializer, Immutable, Alias("cil.BatchMember")]
public sealed record BatchMember(
    [property: Id(0)] RenderJobId Job,
    [property: Id(1)] ulong Seed,
    [property: Id(2)] int Image,
    [property: Id(3)] JobSnapshot? Snapshot,
    [property: Id(4)] JobError? Error);
