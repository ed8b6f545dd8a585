using System.Globalization;
using System.Text.RegularExpressions;
using Cil.Diffusion.Samplers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Parity;

/// <summary>
/// The noise schedule and the DDIM sampler's tables: outputs named schedule.betas, schedule.alphas_cumprod,
/// schedule.scale_arr, and schedule.spacing.stepsN.etaE.table for each schedule that config.json holds.
/// </summary>
internal sealed partial class DdimTablesParity : IParityComponent
{
    public string Name => "DDIM schedule and tables (timesteps, linear_start, linear_end)";

    public IReadOnlyCollection<string> Inputs { get; } = [];

    public bool Recognises(ParityCase parity) =>
        parity.Config.TryGetProperty("timesteps", out _) && parity.Config.TryGetProperty("linear_start", out _) && parity.Config.TryGetProperty("linear_end", out _);

    public IEnumerable<(string Output, Tensor Value)> Run(ParityCase parity)
    {
        var schedules = new Dictionary<string, NoiseSchedule>(StringComparer.Ordinal);
        foreach (string name in parity.Names.Order(StringComparer.Ordinal))
        {
            string schedule = name.Split('.')[0];
            if (!schedules.TryGetValue(schedule, out NoiseSchedule? built)) schedules[schedule] = built = Build(parity, schedule);
            Tensor? value = TableName().Match(name) is { Success: true } table ? Table(built, table) : OfSchedule(built, name[(schedule.Length + 1)..], parity[name].size(0));
            if (value is not null) yield return (name, value);
        }
    }

    private static NoiseSchedule Build(ParityCase parity, string schedule)
    {
        bool dynamic = parity.Parameters<bool>(schedule, "use_dynamic_rescale");
        return new NoiseSchedule(new ScheduleOptions
        {
            Parameterization = parity.Parameters<string>(schedule, "parameterization") == "v" ? Parameterization.V : Parameterization.Eps,
            LinearStart = parity.Parameters<double>("linear_start"),
            LinearEnd = parity.Parameters<double>("linear_end"),
            Timesteps = parity.Parameters<int>("timesteps"),
            ZeroTerminalSnr = parity.Parameters<bool>(schedule, "rescale_betas_zero_snr"),
            BaseScale = dynamic ? parity.Parameters<double>(schedule, "base_scale") : null,
        });
    }

    // The original's scale_arr is longer than the schedule; what lies behind its end is never read.
    private static Tensor? OfSchedule(NoiseSchedule schedule, string table, long length) => table switch
    {
        "betas" => tensor(schedule.Betas),
        "alphas_cumprod" => tensor(schedule.AlphasCumprod),
        "scale_arr" when schedule.Scale.Length == length => tensor(schedule.Scale),
        _ => null,
    };

    private static Tensor? Table(NoiseSchedule schedule, Match name)
    {
        TimestepSpacing spacing = name.Groups["spacing"].Value == "uniform" ? TimestepSpacing.Uniform : TimestepSpacing.UniformTrailing;
        int steps = int.Parse(name.Groups["steps"].Value, CultureInfo.InvariantCulture);
        var tables = new DdimTables(schedule, DdimGrid.Timesteps(spacing, steps, schedule.Count), double.Parse(name.Groups["eta"].Value, CultureInfo.InvariantCulture));
        return name.Groups["table"].Value switch
        {
            "timesteps" => tensor(tables.Timesteps.Select(time => (long)time).ToArray()),
            "ddim_alphas" => tensor(tables.Alphas),
            "ddim_alphas_prev" => tensor(tables.AlphasPrevious),
            "ddim_sigmas" => tensor(tables.Sigmas),
            "scale" => tensor(tables.Scale),
            "scale_prev" => tensor(tables.ScalePrevious),
            _ => null,
        };
    }

    [GeneratedRegex(@"^[^.]+\.(?<spacing>uniform|uniform_trailing)\.steps(?<steps>\d+)\.eta(?<eta>[\d.]+)\.(?<table>\w+)$")]
    private static partial Regex TableName();
}
