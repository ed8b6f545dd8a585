namespace Cil.Interfaces.Statistics;

/// <summary>The answer to a request for statistics: they are there or being made, or the request has faults.</summary>
[GenerateSerializer, Immutable, Alias("cil.StatisticsAnswer")]
public abstract record StatisticsAnswer
{
    private StatisticsAnswer()
    {
    }

    [GenerateSerializer, Immutable, Alias("cil.StatisticsAnswer.Accepted")]
    public sealed record Accepted([property: Id(0)] StatisticsSnapshot Statistics) : StatisticsAnswer;

    [GenerateSerializer, Immutable, Alias("cil.StatisticsAnswer.Refused")]
    public sealed record Refused([property: Id(0)] IReadOnlyList<RequestFault> Faults) : StatisticsAnswer;
}
