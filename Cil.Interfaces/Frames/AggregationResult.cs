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
        0)] string VideoBlob, [property: Id(1)] string PosterBlob, [property: Id(2)] double FrameDifference) : AggregationResult
    {
        /// <summary>Mean length of the optical flow, pixels a frame; null where it was not measured.</summary>
        [Id(3)] public double? Flow { get; init; }

        /// <summary>Mean difference of neighbouring frames after the flow is taken out, 0 to 255.</summary>
        [Id(4)] public double? Flicker { get; init; }
    }

    [GenerateSerializer, Immutable, Alias("cil.AggregationResult.Failed")]
    public sealed record Failed([property: Id(0)] JobError Error) : AggregationResult;

    /// <summary>Frames are damaged or not in storage.</summary>
    [GenerateSerializer, Immutable, Alias("cil.AggregationResult.Torn")]
    public sealed record Corrupt([property: Id(0)] string Blob) : AggregationResult;
}
