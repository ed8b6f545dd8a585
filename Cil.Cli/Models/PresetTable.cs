using Cil.Cli.Options;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;

namespace Cil.Cli.Models;

/// <summary>The presets: which model each would render with, or what it needs.</summary>
internal static class PresetTable
{
    internal static void Print(IEnumerable<string> folders)
    {
        string[] places = [.. folders];
        Console.WriteLine("\nPresets, for 'cil render --preset NAME':");
        TextTable.Print(["preset", "model"], Presets.All.Select(preset => (string[])[preset.Name, Says(preset, places)]));
    }

    /// <summary>The folder of the first model that a preset can render with, or null.</summary>
    internal static string? Find(Preset preset, IEnumerable<string> folders) => folders.FirstOrDefault(folder =>
    {
        try
        {
            return Presets.For(ModelFolder.Read(folder)).Contains(preset);
        }
        catch (ModelFolderException)
        {
            return false;
        }
    });

    private static string Says(Preset preset, string[] folders)
    {
        string? folder = Find(preset, folders);
        if (folder is null)
            return $"needs weights: {preset.Weights}{(preset.AnalyticInit ? $", and statistics: {preset.Statistics}" : "")}";
        ModelManifest manifest = ModelFolder.Read(folder);
        bool statistics = manifest.StatisticsFile is { } file && File.Exists(Path.Combine(folder, file));
        return preset.AnalyticInit && !statistics
            ? $"{manifest.Name}; needs statistics: {preset.Statistics}, or 'cil stats build'; give them with --analytic-init"
            : $"ready: {manifest.Name}, M = {preset.Start}";
    }
}
