namespace Cil.Interfaces.Statistics;

/// <summary>The answer to a request for statistics: they exist or are being measured, or the request has errors.</summary>
[GenerateSerializer, Immutable, Alias("cil.StatisticsAnswer")]
public abstract record StatisticsAnswer
{
    private StatisticsAnswer()
    {
    }

    [GenerateSerializer, Immutable, Alias("cil.StatisticsAnswer.Accepted")]
    public sealed record Accepted([property: Id(0)] StatisticsSnapshot Statistics) : StatisticsAnswer;

    [GenerateSerializer, Immutable, Alias("cil.StatisticsAnswer.Refused")]
    public sealed record Refused([property: Id(0)] IReadOnlyList<RequestError> Faults) : StatisticsAnswer;
}
