using System.CommandLine;
using Cil.Cli.Options;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;

namespace Cil.Cli.Models;

/// <summary>`cil models import`: a released checkpoint becomes a model folder that points at it.</summary>
internal static class ImportCommand
{
    internal static Command Build()
    {
        var source = new Argument<string>("CHECKPOINT")
        {
            Description = "a .ckpt, .pt, .bin or .safetensors file, or a folder of diffusers",
        };
        var name = new Option<string?>("--name") { Description = "the model's name (default: what it was recognised as)" };
        var to = new Option<string?>("--to") { Description = $"the folder of models to put it in (default: {ModelLocations.Places()[0]})" };
        var rest = new Option<string?>("--base")
        {
            Description = "for a file that holds only a U-Net of Stable Video Diffusion: the folder of diffusers that has the rest",
        };
        var tuning = new Option<Tuning?>("--tuning")
        {
            Description = "how the weights came about: plain, naive or timenoise (default: told from the file's name)",
        };
        var mode = new Option<AnalyticInitMode>("--mode")
        {
            Description = "paper, or repoCompat: what the published scripts do where they differ (docs/models.md; default: paper)",
        };
        var command = new Command(
            "import",
            "Recognises a released checkpoint and makes it a model; nothing is copied, the model points at the files.")
        {
            source, name, to, rest, tuning, mode,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(source);
            if (!File.Exists(path) && !Directory.Exists(path))
                throw new BadInputException("CHECKPOINT", $"there is no file or folder {path}");
            if (parsed.GetValue(rest) is { } folder && !Directory.Exists(folder))
                throw new BadInputException("--base", $"there is no folder {folder}");
            ImportedModel model = ModelImporter.Recognise(path, parsed.GetValue(rest), parsed.GetValue(tuning));
            if (parsed.GetValue(name) is { } asked)
            {
                if (asked.Length == 0 || asked != Path.GetFileName(asked) || asked is "." or "..")
                    throw new BadInputException("--name", $"expected a name for a folder, got '{asked}'");
                model = model with { Manifest = model.Manifest with { Name = asked } };
            }

            model = model with { Manifest = model.Manifest.In(parsed.GetValue(mode)) };
            string target = Path.Combine(parsed.GetValue(to) ?? ModelLocations.Places()[0], model.Manifest.Name);
            ModelImporter.Write(model, target);
            ModelManifest manifest = model.Manifest;
            Console.WriteLine(
                $"{manifest.Name}: {manifest.Family}, {manifest.Tuning.ToString().ToLowerInvariant()}, {manifest.Frames} frames of "
                    + $"{manifest.Width}x{manifest.Height}\n  {target}");
            foreach ((string link, string file) in model.Links) Console.WriteLine($"  {link} -> {file}");
            if (model.Missing is { } missing) Console.WriteLine($"  still needed in that folder: {missing}");
            return ExitCode.Done;
        });
        return command;
    }
}
