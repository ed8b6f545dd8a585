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
            var weights = new FileInfo(Path.Combine(folder, manifest.Files.Weights));
            bool statistics = manifest.Files.Statistics is { } file && File.Exists(Path.Combine(folder, file));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {manifest.Family}, {manifest.Frames} frames of {manifest.Width}x{manifest.Height}, {manifest.Sampling.Steps} steps, {(weights.Exists ? $"{weights.Length / 1e6:F1} MB" : "weights MISSING")}, {(statistics ? "with" : "without")} Analytic-Init statistics"));
            Console.WriteLine($"  {manifest.Summary}\n  {folder}");
            return weights.Exists;
        }
        catch (ModelFolderException error)
        {
            Console.WriteLine($"{name}: has faults\n  {error.Message}");
            return false;
        }
    }
}
