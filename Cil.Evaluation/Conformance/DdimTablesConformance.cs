using System.Globalization;
using System.Text.RegularExpressions;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// The noise schedule and the DDIM sampler's tables: outputs named schedule.betas, schedule.alphas_cumprod,
/// schedule.scale_arr, and schedule.spacing.stepsN.etaE.table for each schedule that config.json holds.
/// </summary>
internal sealed partial class DdimTablesConformance : IConformanceComponent
{
    public string Name => "DDIM schedule and tables (timesteps, linear_start, linear_end)";

    public IReadOnlyCollection<string> Inputs { get; } = [];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("timesteps", out _)
            && reference.Config.TryGetProperty("linear_start", out _)
            && reference.Config.TryGetProperty("linear_end", out _);

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        var schedules = new Dictionary<string, NoiseSchedule>(StringComparer.Ordinal);
        foreach (string name in reference.Names.Order(StringComparer.Ordinal))
        {
            if (!name.Contains('.', StringComparison.Ordinal)) continue;
            string schedule = name.Split('.')[0];
            if (!schedules.TryGetValue(schedule, out NoiseSchedule? built)) schedules[schedule] = built = Build(reference, schedule);
            Tensor? value = TableName().Match(name) is { Success: true } table
                ? Table(built, table)
                : OfSchedule(built, name[(schedule.Length + 1)..], reference[name].size(0));
            if (value is not null) yield return (name, value);
        }
    }

    private static NoiseSchedule Build(ConformanceCase reference, string schedule)
    {
        bool dynamic = reference.Parameters<bool>(schedule, "use_dynamic_rescale");
        return new NoiseSchedule(new ScheduleOptions
        {
            Parameterization = reference.Parameters<string>(schedule, "parameterization") == "v"
                ? Parameterization.V
                : Parameterization.Eps,
            LinearStart = reference.Parameters<double>("linear_start"),
            LinearEnd = reference.Parameters<double>("linear_end"),
            Timesteps = reference.Parameters<int>("timesteps"),
            ZeroTerminalSnr = reference.Parameters<bool>(schedule, "rescale_betas_zero_snr"),
            BaseScale = dynamic ? reference.Parameters<double>(schedule, "base_scale") : null,
        });
    }

    // The original's scale_arr goes on behind the schedule's end with the scale that was reached.
    internal static Tensor? OfSchedule(NoiseSchedule schedule, string table, long length) => table switch
    {
        "betas" => tensor(schedule.Betas),
        "alphas_cumprod" => tensor(schedule.AlphasCumprod),
        "alphas_cumprod_prev" => tensor(schedule.AlphasCumprod.Prepend(1f).SkipLast(1).ToArray()),
        "sqrt_alphas_cumprod" => tensor(schedule.AlphasCumprod).sqrt(),
        "sqrt_one_minus_alphas_cumprod" => (1 - tensor(schedule.AlphasCumprod)).sqrt(),
        "scale_arr" =>
            tensor(schedule.Scale.Concat(Enumerable.Repeat(schedule.Scale[^1], (int)Math.Max(0, length - schedule.Count))).ToArray()),
        _ => null,
    };

    private static Tensor? Table(NoiseSchedule schedule, Match name)
    {
        TimestepSpacing spacing = name.Groups["spacing"].Value == "uniform" ? TimestepSpacing.Uniform : TimestepSpacing.UniformTrailing;
        int steps = int.Parse(name.Groups["steps"].Value, CultureInfo.InvariantCulture);
        return Table(
            new DdimTables(
                schedule, DdimGrid.Timesteps(spacing, steps, schedule.Count),
                double.Parse(name.Groups["eta"].Value, CultureInfo.InvariantCulture)),
            name.Groups["table"].Value);
    }

    /// <summary>A table under the original's name, or null.</summary>
    internal static Tensor? Table(DdimTables tables, string name) => name switch
    {
        "timesteps" => tensor(tables.Timesteps.Select(time => (long)time).ToArray()),
        "ddim_alphas" => tensor(tables.Alphas),
        "ddim_alphas_prev" => tensor(tables.AlphasPrevious),
        "ddim_sigmas" => tensor(tables.Sigmas),
        "ddim_sqrt_one_minus_alphas" => (1 - tensor(tables.Alphas)).sqrt(),
        "scale" => tensor(tables.Scale),
        "scale_prev" => tensor(tables.ScalePrevious),
        _ => null,
    };

    [GeneratedRegex(@"^[^.]+\.(?<spacing>uniform|uniform_trailing)\.steps(?<steps>[1-9]\d{0,3})\.eta(?<eta>[\d.]+)\.(?<table>\w+)$")]
    private static partial Regex TableName();
}
