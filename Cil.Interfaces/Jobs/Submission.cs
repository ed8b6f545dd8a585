namespace Cil.Interfaces.Jobs;

/// <summary>The answer to a submission: the job is in storage, or the request was refused with all its errors.</summary>
[GenerateSerializer, Immutable, Alias("cil.Submission")]
public abstract record Submission
{
    private Submission()
    {
    }

    /// <param name="IsNew">False where the same submission had come before.</param>
    [GenerateSerializer, Immutable, Alias("cil.Submission.Accepted")]
    public sealed record Accepted([property: Id(0)] JobSnapshot Job, [property: Id(1)] bool IsNew) : Submission;

    /// <summary>The queue is full: the same request may be accepted later.</summary>
    [GenerateSerializer, Immutable, Alias("cil.Submission.Busy")]
    public sealed record Busy([property: Id(0)] string Reason, [property: Id(1)] TimeSpan RetryAfter) : Submission;

    [GenerateSerializer, Immutable, Alias("cil.Submission.Refused")]
    public sealed record Refused([property: Id(0)] IReadOnlyList<RequestError> Faults) : Submission;

    /// <summary>The id is another request's.</summary>
    /// <param name="Fields">What differs.</param>
    [GenerateSerializer, Immutable, Alias("cil.Submission.Mismatch")]
    public sealed record Mismatch([property: Id(0)] IReadOnlyList<string> Fields) : Submission;
}
