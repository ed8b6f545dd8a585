using System.Text.Json;
using Cil.Diffusion.Checkpoints.Files;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>A checkpoint in several safetensors files, named by an index (huggingface: model.safetensors.index.json).</summary>
public sealed class ShardedSafetensors : ITensorFile
{
    private const long MostBytes = 100_000_000;

    private readonly Dictionary<string, SafetensorsReader> tensors;

    private ShardedSafetensors(string file, Dictionary<string, SafetensorsReader> tensors) => (File, this.tensors) = (file, tensors);

    public string File { get; }

    public IReadOnlyList<string> Files => [File, .. tensors.Values.Select(shard => shard.File).Distinct()];

    public IReadOnlyCollection<string> Names => tensors.Keys;

    /// <exception cref="CheckpointException">
    /// The index or a file that it names is missing or damaged, or lacks a tensor that it should hold.
    /// </exception>
    public static ShardedSafetensors Open(string index)
    {
        var shards = new Dictionary<string, SafetensorsReader>(StringComparer.Ordinal);
        try
        {
            if (new FileInfo(index).Length > MostBytes)
                throw new CheckpointException($"{index}: larger than an index can be, {MostBytes} bytes");
            using JsonDocument json = JsonDocument.Parse(System.IO.File.ReadAllBytes(index));
            if (json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("weight_map", out JsonElement map)
                || map.ValueKind != JsonValueKind.Object)
            {
                throw new CheckpointException($"{index}: not an index of safetensors files: it has no weight_map");
            }

            var tensors = new Dictionary<string, SafetensorsReader>(StringComparer.Ordinal);
            foreach (JsonProperty entry in map.EnumerateObject())
            {
                string file = entry.Value.GetString() ?? "";
                // The shards lie beside the index, nowhere else.
                if (file.Length == 0 || file != Path.GetFileName(file))
                    throw new CheckpointException($"{index}: {entry.Name}: expected a file beside it, got '{file}'");
                if (!shards.TryGetValue(file, out SafetensorsReader? shard))
                    shards[file] = shard = SafetensorsReader.Open(Path.Combine(Path.GetDirectoryName(index) ?? "", file));
                if (!shard.Has(entry.Name))
                    throw new CheckpointException($"{index}: {entry.Name} should be in {file}, which does not have it");
                tensors[entry.Name] = shard;
            }

            return new ShardedSafetensors(index, tensors);
        }
        catch (Exception error)
        {
            foreach (SafetensorsReader shard in shards.Values) shard.Dispose();
            if (error is JsonException or InvalidOperationException or IOException)
                throw new CheckpointException($"{index}: {error.Message}", error);
            throw;
        }
    }

    public TensorEntry? Find(string name) => tensors.TryGetValue(name, out SafetensorsReader? shard) ? shard.Find(name) : null;

    public Tensor Read(string name, ByteLook? look = null) => tensors.TryGetValue(name, out SafetensorsReader? shard)
        ? shard.Read(name, look)
        : throw new CheckpointException($"{File}: has no tensor '{name}'");

    public void Dispose()
    {
        foreach (SafetensorsReader shard in tensors.Values.Distinct()) shard.Dispose();
    }
}
