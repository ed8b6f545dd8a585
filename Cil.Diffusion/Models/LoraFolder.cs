using Cil.Diffusion.Checkpoints.Lora;
using Cil.Diffusion.Pipelines;

namespace Cil.Diffusion.Models;

/// <summary>
/// A model's folder of another model with LoRAs: its model.json names them, they lie in it, and all else is links to the other
/// folder's files.
/// </summary>
public static class LoraFolder
{
    /// <summary>Writes model.json and the links; the LoRAs' files are put there by the caller.</summary>
    /// <param name="folder">Is made; links in it are made anew.</param>
    /// <param name="model">The other model's folder.</param>
    /// <param name="manifest">What model.json is to say, but for the LoRAs.</param>
    /// <param name="added">Are merged after those that the other model has.</param>
    public static void Write(string folder, string model, ModelManifest manifest, IReadOnlyList<LoraEntry> added)
    {
        _ = Directory.CreateDirectory(folder);
        foreach (string entry in Directory.GetFileSystemEntries(model))
        {
            string name = Path.GetFileName(entry), link = Path.Combine(folder, name);
            // What was measured of the other model does not hold for this one.
            if (name is ModelManifest.FileName or LeakageCurve.FileName || IsAbout(name)) continue;
            // The caller's own; a link would lead what is written there into the other model's.
            if (added.Any(lora => lora.File == name)) continue;
            if (new FileInfo(link).LinkTarget is not null) File.Delete(link);
            _ = File.CreateSymbolicLink(link, Path.GetRelativePath(folder, Path.GetFullPath(entry)));
        }

        (manifest with { Loras = [.. manifest.Loras ?? [], .. added] }).Write(folder);
    }

    // Texts and pictures about a model.
    private static bool IsAbout(string name) => Path.GetExtension(name) is ".md" or ".svg" or ".png";
}
