using Cil.Interfaces.Chunks;

namespace Cil.Interfaces.Frames;

/// <summary>Orders, joins and encodes one job's frames; its key is the job's id.</summary>
[Alias("cil.IFrameAggregatorGrain")]
public interface IFrameAggregatorGrain : IGrainWithStringKey
{
    /// <summary>Starts the work and returns; the end is reported to the job.</summary>
    /// <param name="frameBlobs">RGB24 blobs in the order of their frames.</param>
    /// <param name="provenance">JSON to store beside the video.</param>
    [Alias("Assemble"), ResponseTimeout(CallTimeout.Short)]
    Task AssembleAsync(RenderPlan plan, IReadOnlyList<string> frameBlobs, string provenance);
}
