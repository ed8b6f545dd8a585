namespace Cil.Interfaces.Queue;

/// <summary>Whether the queue takes another job.</summary>
[GenerateSerializer, Immutable, Alias("cil.Admission")]
public abstract record Admission
{
    private Admission()
    {
    }

    [GenerateSerializer, Immutable, Alias("cil.Admission.Welcome")]
    public sealed record Welcome : Admission;

    /// <summary>There is no room now.</summary>
    [GenerateSerializer, Immutable, Alias("cil.Admission.Full")]
    public sealed record Full([property: Id(0)] string Reason, [property: Id(1)] TimeSpan RetryAfter) : Admission;

    /// <summary>No worker could ever do it.</summary>
    [GenerateSerializer, Immutable, Alias("cil.Admission.Impossible")]
    public sealed record Impossible([property: Id(0)] RequestFault Fault) : Admission;
}
