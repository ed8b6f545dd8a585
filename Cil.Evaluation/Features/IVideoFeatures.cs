using static TorchSharp.torch;

namespace Cil.Evaluation.Features;

/// <summary>A network whose features and classes videos are compared by.</summary>
public interface IVideoFeatures : IDisposable
{
    /// <summary>What results are called by.</summary>
    string Name { get; }

    /// <summary>What the Fréchet distance of its features is called: FVD of I3D's only.</summary>
    string DistanceName => $"Fréchet distance of {Name}";

    /// <summary>What the score of its classes is called: IS of C3D's only.</summary>
    string ScoreName => $"score of {Name}'s classes";

    /// <summary>Features of videos, and the logarithms of their classes' probabilities up to a constant.</summary>
    /// <param name="videos">(B, 3, T, H, W), float32 in [-1, 1].</param>
    /// <returns>(B, d) and (B, K).</returns>
    (Tensor Features, Tensor Logits) Of(Tensor videos);
}
