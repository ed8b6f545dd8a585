using System.Text.Json.Serialization;

namespace Cil.Diffusion.Pipelines;

/// <summary>How a model's weights came about.</summary>
public enum Tuning
{
    /// <summary>As its authors released them.</summary>
    Plain,

    /// <summary>Fine-tuned as the model was trained, which is what TimeNoise is compared with.</summary>
    Naive,

    /// <summary>Fine-tuned with TimeNoise (the CIL paper, section 3.2).</summary>
    [JsonStringEnumMemberName("timenoise")]
    TimeNoise,
}
