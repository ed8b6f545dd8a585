using System.CommandLine;
using System.Globalization;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;

namespace Cil.Cli.Models;

/// <summary>`cil models`: what there is to render with, and what the presets need.</summary>
internal static class ModelsCommand
{
    public static Command Build()
    {
        var command = new Command(
            "models", $"Lists the models that were found and the presets, looked for in {string.Join(", ", ModelLocations.Places())}.");
        command.SetAction(_ =>
        {
            IReadOnlyDictionary<string, string> all = ModelLocations.All();
            if (all.Count == 0) throw new CommandFailedException($"no models in {string.Join(", ", ModelLocations.Places())}");
            bool whole = true;
            foreach ((string name, string folder) in all) whole &= Show(name, folder);
            PresetTable.Print(all.Values);
            return whole ? ExitCode.Done : ExitCode.Failed;
        });
        command.Add(ImportCommand.Build());
        return command;
    }

    private static bool Show(string name, string folder)
    {
        try
        {
            ModelManifest manifest = ModelFolder.Read(folder);
            string[] missing = [.. manifest.WeightFiles.Where(file => !File.Exists(Path.Combine(folder, file)))];
            bool statistics = manifest.StatisticsFile is { } file && File.Exists(Path.Combine(folder, file));
            string weights = missing.Length > 0
                ? $"MISSING: {string.Join(", ", missing)}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{manifest.WeightFiles.Sum(file => TensorBytes(Path.Combine(folder, file))) / 1e6:F1} MB");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {manifest.Family}, {manifest.Frames} frames of {manifest.Width}x{manifest.Height}, "
                    + $"{manifest.Defaults.Steps} steps, {weights}, {(statistics ? "with" : "without")} Analytic-Init statistics"));
            if (manifest.Summary.Length > 0) Console.WriteLine($"  {manifest.Summary}");
            Console.WriteLine($"  {folder}");
            return missing.Length == 0;
        }
        catch (Exception error) when (error is ModelFolderException or CheckpointException)
        {
            Console.WriteLine($"{name}: has faults\n  {error.Message}");
            return false;
        }
    }

    // Headers are read, tensors are not.
    private static long TensorBytes(string path)
    {
        using ITensorFile file = TensorFiles.Open(path);
        return file.Names.Sum(name => file.Find(name)!.Value.Bytes);
    }
}
