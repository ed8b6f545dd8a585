using Cil.Diffusion.Pipelines;

namespace Cil.Diffusion.Models;

/// <summary>One line of the paper's table: a system, how its weights came about, and whether sampling starts from Analytic-Init.</summary>
/// <param name="Name">Such as dynamicrafter-cil.</param>
/// <param name="Family">The system, as model.json names it.</param>
/// <param name="Tuning">The weights it needs.</param>
/// <param name="AnalyticInit">Whether it needs statistics and starts from them.</param>
/// <param name="Start">M.</param>
/// <param name="Weights">Where the weights were published.</param>
public sealed record Preset(string Name, string Family, Tuning Tuning, bool AnalyticInit, int Start, string Weights)
{
    /// <summary>Where the statistics were published.</summary>
    public string Statistics => Family switch
    {
        FamilyName.DynamiCrafter => "GraceZhao/DynamiCrafter-Analytic-Init",
        FamilyName.VideoCrafter1 => "GraceZhao/VideoCrafter-Analytic-Init",
        _ => "GraceZhao/SVD-Analytic-init",
    };

    /// <summary>Whether a model's weights are what the preset renders with.</summary>
    public bool Fits(ModelManifest manifest) => manifest.Family == Family && manifest.Tuning == Tuning;
}
