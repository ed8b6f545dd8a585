using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using static TorchSharp.torch;

namespace Cil.Diffusion.Models;

/// <summary>Model folders: read, loaded onto a device, and written.</summary>
public static class ModelFolder
{
    /// <summary>Reads `model.json` of a folder.</summary>
    /// <exception cref="ModelFolderException">
    /// The folder or the file is missing, or the file does not fit together; every error is listed.
    /// </exception>
    public static ModelManifest Read(string folder)
    {
        string path = Path.Combine(folder, ModelManifest.FileName);
        if (!File.Exists(path)) throw new ModelFolderException($"{folder}: no model: it has no {ModelManifest.FileName}");
        try
        {
            JsonElement json = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(path), ModelManifest.Json);
            if (json.ValueKind != JsonValueKind.Object) throw new ModelFolderException($"{path}: expected an object, got {json.ValueKind}");
            string name = json.TryGetProperty("family", out JsonElement family) ? family.ToString() : "";
            if (ModelFamily.Find(name) is not { } known)
            {
                throw new ModelFolderException(
                    $"{path}: family: known: {string.Join(", ", ModelFamily.All.Select(one => one.Name))}; got '{name}'");
            }

            ModelManifest manifest = known.Read(json, folder);
            string[] faults = [.. manifest.Errors()];
            return faults.Length == 0
                ? manifest
                : throw new ModelFolderException($"{path}: {faults.Length} faults:\n  {string.Join("\n  ", faults)}");
        }
        catch (JsonException error)
        {
            throw new ModelFolderException($"{path}: {error.Message}", error);
        }
    }

    /// <exception cref="ModelFolderException">The model is of a system that cannot be trained here.</exception>
    /// <inheritdoc cref="Read(string)"/>
    public static T Read<T>(string folder)
        where T : ModelManifest => Read(folder) is T manifest
            ? manifest
            : throw new ModelFolderException($"{folder}: of family {Read(folder).Family}, which this does not work with");

    /// <summary>Binds a model's weights on a device.</summary>
    /// <param name="folder">A folder with `model.json`.</param>
    /// <param name="precision">float32, or bfloat16 for convolutions and products (norms and the sampler stay float32).</param>
    /// <exception cref="ModelFolderException">The manifest has errors.</exception>
    /// <exception cref="CheckpointException">
    /// Weights or merges are missing, damaged or do not fit; all tensors at fault are listed.
    /// </exception>
    public static VideoPipeline Load(string folder, Device device, ScalarType precision = ScalarType.Float32)
    {
        ModelManifest manifest = Read(folder);
        using IDisposable noGradient = no_grad();
        var files = WeightFiles.Open(manifest, folder);
        try
        {
            VideoPipeline pipeline = ModelFamily.Find(manifest.Family)!.Load(manifest, folder, device, precision);
            pipeline.Keep(files);
            return pipeline;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

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
    public static void Save(
        string folder, LvdmManifest manifest, IEnumerable<(string Name, Tensor Value)> weights, IEnumerable<string> merges)
    {
        Directory.CreateDirectory(folder);
        manifest.Write(folder);
        File.WriteAllLines(Path.Combine(folder, manifest.Files.Merges), ["#version: 0.2", .. merges]);
        SafetensorsWriter.Save(Path.Combine(folder, manifest.Files.Weights), weights);
    }
}
