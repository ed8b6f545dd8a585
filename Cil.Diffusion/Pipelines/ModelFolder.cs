using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>Makes model folders.</summary>
public static class ModelFolder
{
    /// <summary>Writes a model with freshly drawn weights, none of them zero: its videos are noise, but every layer is heard.</summary>
    /// <param name="merges">The tokenizer's merges, in order; the manifest's vocabulary must be 514 more.</param>
    public static void CreateRandom(string folder, LvdmManifest manifest, ulong seed, IEnumerable<string>? merges = null)
    {
        Directory.CreateDirectory(folder);
        using var fresh = new FreshWeights(seed, zeros: false);
        _ = new ModelNetworks(manifest, fresh);
        Save(folder, manifest, fresh.Parameters, merges ?? []);
    }

    /// <summary>Writes manifest, weights and merges.</summary>
    public static void Save(string folder, LvdmManifest manifest, IEnumerable<(string Name, Tensor Value)> weights, IEnumerable<string> merges)
    {
        Directory.CreateDirectory(folder);
        manifest.Write(folder);
        File.WriteAllLines(Path.Combine(folder, manifest.Files.Merges), ["#version: 0.2", .. merges]);
        SafetensorsWriter.Save(Path.Combine(folder, manifest.Files.Weights), weights);
    }
}
