namespace Cil.Interfaces.Jobs;

/// <summary>The answer to a submission: the job is in storage, or it was refused with every fault.</summary>
[GenerateSerializer, Immutable, Alias("cil.Submission")]
public abstract record Submission
{
    private Submission()
    {
    }

    [GenerateSerializer, Immutable, Alias("cil.Submission.Accepted")]
    public sealed record Accepted([property: Id(0)] JobSnapshot Job) : Submission;

    [GenerateSerializer, Immutable, Alias("cil.Submission.Refused")]
    public sealed record Refused([property: Id(0)] IReadOnlyList<RequestFault> Faults) : Submission;
}
