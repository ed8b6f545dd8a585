namespace Cil.Evaluation.Table;

/// <summary>Which of two rows the paper's claim puts higher; written down before it was measured (docs/science.md).</summary>
/// <param name="Number">Its number there.</param>
/// <param name="Higher">The row that is expected to have the higher score.</param>
/// <param name="Lower">The other.</param>
/// <param name="OrEqual">Whether a tie is as written.</param>
public sealed record Sign(int Number, string Text, Func<VideoScores, double> Score, int Higher, int Lower, bool OrEqual = false)
{
    /// <summary>Those of motion, of the control, and of what goes beyond the paper.</summary>
    public static IReadOnlyList<Sign> All { get; } =
    [
        new(1, "motion: plain + Analytic-Init > plain", scores => scores.Motion, TableRow.PlainAnalytic, TableRow.Plain),
        new(4, "motion: plain > naive", scores => scores.Motion, TableRow.Plain, TableRow.Naive),
        new(5, "motion: naive + Analytic-Init > naive", scores => scores.Motion, TableRow.NaiveAnalytic, TableRow.Naive),
        new(7, "motion: TimeNoise > naive", scores => scores.Motion, TableRow.TimeNoise, TableRow.Naive),
        new(9, "motion: CIL ≥ TimeNoise", scores => scores.Motion, TableRow.Cil, TableRow.TimeNoise, OrEqual: true),
        new(11, "motion, control: plain, early, N(0, 1) > plain", scores => scores.Motion, TableRow.PlainEarly, TableRow.Plain),
        new(
            12, "motion, control: plain + Analytic-Init ≥ plain, early, N(0, 1)",
            scores => scores.Motion, TableRow.PlainAnalytic, TableRow.PlainEarly, OrEqual: true),
        new(13, "alignment: naive > TimeNoise", scores => scores.Alignment, TableRow.Naive, TableRow.TimeNoise),
        new(14, "motion: plain, low-pass guidance > plain", scores => scores.Motion, TableRow.PlainLowPass, TableRow.Plain),
        new(
            15, "motion: Analytic-Init of low rank ≥ Analytic-Init",
            scores => scores.Motion, TableRow.PlainLowRank, TableRow.PlainAnalytic, OrEqual: true),
        new(16, "motion: plain + Analytic-Init, automatic M > plain", scores => scores.Motion, TableRow.PlainAutomatic, TableRow.Plain),
    ];

    /// <summary>The difference of the two rows' scores, paired by clip.</summary>
    public Interval Measure(IReadOnlyList<IReadOnlyList<VideoScores>> rows) =>
        Bootstrap.Difference([.. rows[Higher].Select(Score)], [.. rows[Lower].Select(Score)]);

    /// <summary>What the difference says: a difference within its interval is a tie.</summary>
    public string Verdict(Interval difference) => difference switch
    {
        { IsAbove: true } => "as written",
        { IsBelow: true } => "the other way",
        _ => OrEqual ? "tie: as written" : "tie",
    };
}
