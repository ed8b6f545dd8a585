using System.Globalization;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;

namespace Cil.Cli.Render;

/// <summary>Says where Analytic-Init is asked for and changes nothing.</summary>
internal static class AnalyticInitNote
{
    /// <returns>Null where sampling starts from no statistics, or they count.</returns>
    internal static string? Of(RenderOptions options, ModelManifest manifest, string folder)
    {
        int start = options.Start ?? (options.AutomaticStart ? AutomaticStart.Of(manifest, folder) : null) ?? manifest.Defaults.Start;
        if (start < 1 || start > manifest.HighestStart || !UsesStatistics(options, manifest, folder) || !manifest.IsPlainNoise(start))
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"Analytic-Init without effect at M = {start}");
    }

    /// <summary>Whether somebody chose what the note is about: the defaults of the model that ships come to the same.</summary>
    internal static bool IsAskedFor(RenderOptions options) =>
        options.Preset is not null || options.Start is not null || options.AutomaticStart || options.AnalyticInit != "auto";

    // As the planner decides: a model's own statistics are for its own size and length.
    private static bool UsesStatistics(RenderOptions options, ModelManifest manifest, string folder) => options.AnalyticInit switch
    {
        "off" => false,
        "auto" => manifest.StatisticsFile is { } file && File.Exists(Path.Combine(folder, file))
            && (options.Size ?? (manifest.Width, manifest.Height)) == (manifest.Width, manifest.Height)
            && Math.Min(options.Frames ?? manifest.Frames, manifest.Frames) == manifest.Frames,
        _ => true,
    };
}
