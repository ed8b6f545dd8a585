using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Pipelines;

namespace Cil.Evaluation.Table;

/// <summary>A system of the paper's table: a model and how it is sampled.</summary>
/// <param name="Tuning">Which of the three models.</param>
/// <param name="Start">M.</param>
/// <param name="HasStatistics">Whether sampling starts from Analytic-Init's Gaussian, not from N(0, 1).</param>
public sealed record TableRow(string Name, Tuning Tuning, int Start, bool HasStatistics)
{
    /// <summary>Places of the rows in <see cref="All"/>.</summary>
    public const int Plain = 0, PlainAnalytic = 1, Naive = 2, NaiveAnalytic = 3, TimeNoise = 4, Cil = 5, PlainEarly = 6, TimeNoiseEarly = 7,
        PlainLowPass = 8, PlainLowRank = 9, PlainAutomatic = 10;

    /// <summary>Low-pass guidance in the first steps; null for none.</summary>
    public LowPassGuidance? LowPass { get; init; }

    /// <summary>Whether Analytic-Init's Gaussian has directions of its own (<see cref="LatentStatistics.Components"/>).</summary>
    public bool IsLowRank { get; init; }

    /// <summary>
    /// The six rows of the paper; the control that it lacks, an early M from N(0, 1); and what goes beyond it, of the plain model.
    /// </summary>
    /// <param name="highest">Where plain sampling starts.</param>
    /// <param name="early">Where Analytic-Init starts.</param>
    /// <param name="automatic">Where the model's leakage says that it should start.</param>
    public static IReadOnlyList<TableRow> All(int highest, int early, int automatic) =>
    [
        new("plain", Tuning.Plain, highest, false),
        new("plain + Analytic-Init", Tuning.Plain, early, true),
        new("naive", Tuning.Naive, highest, false),
        new("naive + Analytic-Init", Tuning.Naive, early, true),
        new("TimeNoise", Tuning.TimeNoise, highest, false),
        new("CIL: TimeNoise + Analytic-Init", Tuning.TimeNoise, early, true),
        new("control: plain, early, N(0, 1)", Tuning.Plain, early, false),
        new("control: TimeNoise, early, N(0, 1)", Tuning.TimeNoise, early, false),
        new("beyond: plain, low-pass guidance", Tuning.Plain, highest, false)
        {
            LowPass = new LowPassGuidance(LowPassGuidance.PublishedStrength),
        },
        new("beyond: plain + Analytic-Init of low rank", Tuning.Plain, early, true) { IsLowRank = true },
        new("beyond: plain + Analytic-Init, automatic M", Tuning.Plain, automatic, true),
    ];
}
