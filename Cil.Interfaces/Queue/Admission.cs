namespace Cil.Interfaces.Queue;

/// <summary>Whether the queue accepts another job.</summary>
[GenerateSerializer, Immutable, Alias("cil.Admission")]
public abstract record Admission
{
    private Admission()
    {
    }

    [GenerateSerializer, Immutable, Alias("cil.Admission.Welcome")]
    public sealed record Admitted : Admission;

    /// <summary>The queue is full.</summary>
    [GenerateSerializer, Immutable, Alias("cil.Admission.Full")]
    public sealed record Full([property: Id(0)] string Reason, [property: Id(1)] TimeSpan RetryAfter) : Admission;

    /// <summary>No worker has a device that is large enough; Memory is that of the largest, in bytes.</summary>
    [GenerateSerializer, Immutable, Alias("cil.Admission.Impossible")]
    public sealed record Impossible([property: Id(0)] RequestError Fault, [property: Id(1)] long Memory) : Admission;
}
