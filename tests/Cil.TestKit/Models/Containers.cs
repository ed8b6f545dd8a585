using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.TestKit.Models;

/// <summary>Rewrites a safetensors file in each of the containers that checkpoints are released in.</summary>
internal static class Containers
{
    /// <summary>diffusers, sharded: an index and two files.</summary>
    internal static void Shard(string path) => Rewrite(path, tensors =>
    {
        string folder = Path.GetDirectoryName(path)!, stem = Path.GetFileNameWithoutExtension(path);
        string[] shards = [$"{stem}-00001-of-00002.safetensors", $"{stem}-00002-of-00002.safetensors"];
        int half = tensors.Count / 2;
        SafetensorsWriter.Save(Path.Combine(folder, shards[0]), tensors.Take(half));
        SafetensorsWriter.Save(Path.Combine(folder, shards[1]), tensors.Skip(half));
        var map = tensors.Select((tensor, i) => (tensor.Name, File: shards[i < half ? 0 : 1]))
            .ToDictionary(entry => entry.Name, entry => entry.File);
        File.WriteAllText($"{path}.index.json", JsonSerializer.Serialize(new { metadata = new { total_size = 0 }, weight_map = map }));
    });

    /// <summary>diffusers, variant fp16.</summary>
    internal static void Halve(string path) => Rewrite(path, tensors =>
        SafetensorsWriter.Save(
            Path.ChangeExtension(path, ".fp16.safetensors"), tensors.Select(tensor => (tensor.Name, tensor.Value.to(float16)))));

    /// <summary>diffusers before safetensors: the tensors pickled.</summary>
    internal static void Pickle(string path) =>
        Rewrite(path, tensors => TorchFile.Save(Path.ChangeExtension(path, ".bin"), tensors, entry: null));

    /// <summary>
    /// The published trainer of SVD: names of its wrapper, averages that are to be used, and beside them other parameters.
    /// </summary>
    internal static void Train(string path, string target) => With(path, tensors => TorchFile.Save(
        target, [.. tensors.Select(tensor => ($"module.{tensor.Name}", tensor.Value * 0))],
        "state_dict", [.. tensors.Select(tensor => tensor.Value)]));

    /// <summary>Lightning: the tensors below state_dict, and what a training leaves that nothing needs.</summary>
    internal static void Light(string path, string target) => With(path, tensors =>
        TorchFile.Save(
            target, [.. tensors, ("betas", ones(1000)), ("model_ema.decay", ones(1)), ("first_stage_model.loss.logvar", ones(1))],
            "state_dict"));

    private static void Rewrite(string path, Action<IReadOnlyList<(string Name, Tensor Value)>> write)
    {
        With(path, write);
        File.Delete(path);
    }

    private static void With(string path, Action<IReadOnlyList<(string Name, Tensor Value)>> act)
    {
        using DisposeScope scope = NewDisposeScope();
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        act([.. reader.Entries.Keys.Select(name => (name, reader.Read(name)))]);
    }
}
