namespace Cil.Interfaces.Frames;

/// <summary>How joining and encoding the frames ended.</summary>
[GenerateSerializer, Immutable, Alias("cil.AggregationResult")]
public abstract record AggregationResult
{
    private AggregationResult()
    {
    }

    [GenerateSerializer, Immutable, Alias("cil.AggregationResult.Stored")]
    public sealed record Stored([property: Id(
        0)] string VideoBlob, [property: Id(1)] string PosterBlob, [property: Id(2)] double FrameDifference) : AggregationResult;

    [GenerateSerializer, Immutable, Alias("cil.AggregationResult.Failed")]
    public sealed record Failed([property: Id(0)] JobError Error) : AggregationResult;

    /// <summary>Frames are damaged or not in storage.</summary>
    [GenerateSerializer, Immutable, Alias("cil.AggregationResult.Torn")]
    public sealed record Corrupt([property: Id(0)] string Blob) : AggregationResult;
}
