using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;

namespace Cil.Cli.Render;

/// <summary>Which model a render is done with, and what its preset decides.</summary>
internal static class ModelChoice
{
    internal const string Standard = "cil-tiny";

    /// <returns>The options with what the preset adds to them, and the model's folder.</returns>
    /// <exception cref="BadInputException">There is no such model or preset, or it lacks what it needs.</exception>
    internal static (RenderOptions Options, string Folder) Of(RenderOptions options)
    {
        if (options.Preset is not { } name) return (options, ModelLocations.Find("--model", options.Model ?? Standard));
        Preset preset = Presets.Find(name)
            ?? throw new BadInputException(
                "--preset", $"expected one of {string.Join(", ", Presets.All.Select(one => one.Name))}; got '{name}'");
        string folder = options.Model is { } model
            ? ModelLocations.Find("--model", model)
            : PresetTable.Find(preset, ModelLocations.All().Values)
                ?? throw new BadInputException(
                    "--preset", $"{name} needs the weights {preset.Weights}; 'cil models import' makes them a model");
        ModelManifest manifest = ModelLocations.Read("--model", folder);
        if (!preset.Fits(manifest))
        {
            throw new BadInputException(
                "--model",
                $"{name} is for {preset.Family} models with {Spelt(preset.Tuning)} weights, {manifest.Name} is of {manifest.Family} "
                    + $"with {Spelt(manifest.Tuning)} weights");
        }

        (int width, int height) = options.Size ?? (manifest.Width, manifest.Height);
        // Of a longer video they are each window's.
        int frames = Math.Min(options.Frames ?? manifest.Frames, manifest.Frames);
        bool own = manifest.StatisticsFile is { } file && File.Exists(Path.Combine(folder, file))
            && (width, height, frames) == (manifest.Width, manifest.Height, manifest.Frames);
        if (preset.AnalyticInit && options.AnalyticInit == "auto" && !own)
        {
            throw new BadInputException(
                "--analytic-init",
                $"{name} needs statistics for {frames} frames of {width}x{height}: a file of {preset.Statistics}, or of 'cil stats build'");
        }

        return (options with
        {
            Start = options.AutomaticStart ? null : options.Start ?? preset.Start,
            AnalyticInit = preset.AnalyticInit ? options.AnalyticInit : "off",
        }, folder);
    }

    private static string Spelt(Tuning tuning) => tuning.ToString().ToLowerInvariant();
}
