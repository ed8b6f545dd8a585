using Cil.Evaluation.Features;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>A network that videos are compared by, and what it is shown of each.</summary>
/// <param name="Of">The network; ends with this.</param>
/// <param name="Frames">Frames of each video, from the first on.</param>
/// <param name="Size">Height and width that videos are cut and scaled to; null where the network takes them as they are.</param>
/// <param name="Device">Where it computes.</param>
internal sealed record FeatureNetwork(IVideoFeatures Of, int Frames, int? Size, Device Device) : IDisposable
{
    public void Dispose() => Of.Dispose();
}
