using Cil.Interfaces.Jobs;

namespace Cil.Interfaces.Batches;

/// <summary>The answer to a batch that was submitted.</summary>
[GenerateSerializer, Immutable, Alias("cil.BatchSubmission")]
public abstract record BatchSubmission
{
    private BatchSubmission()
    {
    }

    /// <summary>The batch is in storage, and its first job accepted; the others follow as there is room.</summary>
    /// <param name="IsNew">False where the same batch had come before.</param>
    [GenerateSerializer, Immutable, Alias("cil.BatchSubmission.Accepted")]
    public sealed record Accepted([property: Id(0)] BatchSnapshot Batch, [property: Id(1)] bool IsNew) : BatchSubmission;

    /// <summary>Nothing is stored of it, for the reason that the answer to a job would give.</summary>
    [GenerateSerializer, Immutable, Alias("cil.BatchSubmission.Rejected")]
    public sealed record Rejected([property: Id(0)] Submission Answer) : BatchSubmission;
}
