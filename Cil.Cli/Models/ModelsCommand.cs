using System.CommandLine;
using System.Globalization;
using Cil.Diffusion.Pipelines;

namespace Cil.Cli.Models;

/// <summary>`cil models`: what there is to render with.</summary>
public static class ModelsCommand
{
    public static Command Build()
    {
        var command = new Command("models", $"Lists the models that were found, looked for in {string.Join(", ", ModelLocations.Places())}.");
        command.SetAction(_ =>
        {
            IReadOnlyDictionary<string, string> all = ModelLocations.All();
            if (all.Count == 0) throw new CommandFailedException($"no models in {string.Join(", ", ModelLocations.Places())}");
            bool whole = true;
            foreach ((string name, string folder) in all) whole &= Show(name, folder);
            return whole ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static bool Show(string name, string folder)
    {
        try
        {
            ModelManifest manifest = ModelManifest.Read(folder);
            string[] weights = [.. manifest.WeightFiles.Select(file => Path.Combine(folder, file))];
            string[] missing = [.. weights.Where(file => !File.Exists(file))];
            bool statistics = manifest.StatisticsFile is { } file && File.Exists(Path.Combine(folder, file));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {manifest.Family}, {manifest.Frames} frames of {manifest.Width}x{manifest.Height}, {manifest.Defaults.Steps} steps, {(missing.Length == 0 ? $"{weights.Sum(file => new FileInfo(file).Length) / 1e6:F1} MB" : $"MISSING: {string.Join(", ", missing)}")}, {(statistics ? "with" : "without")} Analytic-Init statistics"));
            Console.WriteLine($"  {manifest.Summary}\n  {folder}");
            return missing.Length == 0;
        }
        catch (ModelFolderException error)
        {
            Console.WriteLine($"{name}: has faults\n  {error.Message}");
            return false;
        }
    }
}
