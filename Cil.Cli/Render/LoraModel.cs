using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cil.Cli.Datasets;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Checkpoints.Lora;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;

namespace Cil.Cli.Render;

/// <summary>
/// A model with LoRAs: a folder of its own in the cache. Its name and its weights' hash say what was merged, so that a job goes
/// on with the same or not at all.
/// </summary>
internal static class LoraModel
{
    private const int Digits = 12;

    /// <param name="loras">FILE or FILE=WEIGHT, in the order in which they are added.</param>
    /// <param name="folder">The model's.</param>
    /// <returns>The folder of the model with them; the model's own where there are none.</returns>
    /// <exception cref="BadInputException">A file is not there or is no LoRA, or a weight is no number.</exception>
    internal static string Of(IReadOnlyList<string> loras, string folder)
    {
        if (loras.Count == 0) return folder;
        (string Path, double Weight)[] given = [.. loras.Select(Read)];
        ModelManifest manifest = ModelLocations.Read("--model", folder);
        var identity = new StringBuilder(Path.GetFullPath(folder) + File.ReadAllText(Path.Combine(folder, ModelManifest.FileName)));
        string[] hashes = [.. given.Select(lora => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(lora.Path))))];
        for (int i = 0; i < given.Length; i++)
            _ = identity.Append(CultureInfo.InvariantCulture, $"\n{hashes[i]} {given[i].Weight:R}");

        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity.ToString())))[..Digits];
        string made = Path.Combine(EmojiSource.CacheFolder(), "loras", $"{manifest.Name}-{digest}");
        if (Directory.Exists(made)) return made;
        string partial = $"{made}.{Guid.NewGuid():N}";
        LoraEntry[] entries =
            [.. given.Select((lora, i) => new LoraEntry { File = $"lora-{hashes[i][..Digits]}.safetensors", Weight = lora.Weight })];
        LoraFolder.Write(
            partial, folder, manifest with { Name = $"{manifest.Name}-{digest}", Base = manifest.Base ?? manifest.Name }, entries);
        for (int i = 0; i < given.Length; i++) File.Copy(given[i].Path, Path.Combine(partial, entries[i].File), overwrite: true);
        Directory.Move(partial, made);
        return made;
    }

    private static (string Path, double Weight) Read(string text)
    {
        int mark = File.Exists(text) ? -1 : text.LastIndexOf('=');
        string path = mark < 0 ? text : text[..mark];
        double weight = 1;
        if (mark >= 0
            && !(double.TryParse(text[(mark + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out weight)
                && double.IsFinite(weight)))
        {
            throw new BadInputException("--lora", $"expected FILE or FILE=WEIGHT with a number, got '{text}'");
        }

        if (!File.Exists(path)) throw new BadInputException("--lora", $"there is no file {path}");
        try
        {
            using var lora = LoraFile.Read(path);
            return (path, weight);
        }
        catch (CheckpointException error)
        {
            throw new BadInputException("--lora", error.Message);
        }
    }
}
