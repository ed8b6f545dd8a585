using System.CommandLine;
using System.Globalization;
using Cil.Diffusion.Pipelines;
using Spectre.Console;

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
            if (all.Count == 0)
            {
                Console.Error.WriteLine($"cil: no models in {string.Join(", ", ModelLocations.Places())}");
                return ExitCode.Failed;
            }

            var table = new Table().Border(TableBorder.Simple).AddColumns("model", "family", "frames", "size", "steps", "weights", "Analytic-Init", "what it is");
            var broken = new List<string>();
            foreach ((string name, string folder) in all)
            {
                try
                {
                    table.AddRow([.. Cells(folder, ModelManifest.Read(folder)).Select(Markup.Escape)]);
                }
                catch (ModelFolderException error)
                {
                    table.AddRow(Markup.Escape(name), "", "", "", "", "", "", "has faults, see below");
                    broken.Add(error.Message);
                }
            }

            AnsiConsole.Write(table);
            foreach (string fault in broken) Console.Error.WriteLine($"cil: {fault}");
            return broken.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static string[] Cells(string folder, ModelManifest manifest)
    {
        var weights = new FileInfo(Path.Combine(folder, manifest.Files.Weights));
        string statistics = manifest.Files.Statistics is { } file && File.Exists(Path.Combine(folder, file)) ? "yes" : "no statistics";
        return
        [
            manifest.Name, manifest.Family, manifest.Frames.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{manifest.Width}x{manifest.Height}"), manifest.Sampling.Steps.ToString(CultureInfo.InvariantCulture),
            weights.Exists ? string.Create(CultureInfo.InvariantCulture, $"{weights.Length / 1e6:F1} MB") : "missing", statistics, manifest.Summary,
        ];
    }
}
