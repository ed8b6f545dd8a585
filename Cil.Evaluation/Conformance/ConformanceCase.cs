using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// A folder with `config.json`, `io.safetensors` (named inputs and outputs; a list of names and shapes has none), and weights
/// where the component has any.
/// </summary>
public sealed class ConformanceCase : IDisposable
{
    private const string TensorsName = "io.safetensors";
    private readonly JsonDocument config;
    private readonly SafetensorsReader? tensors;
    private readonly List<IDisposable> owned = [];
    private SafetensorsReader? weights;

    /// <param name="device">Where tensors and weights go; null for the processor.</param>
    /// <exception cref="ConformanceException">A file is missing or is not JSON.</exception>
    /// <exception cref="CheckpointException">`io.safetensors` is damaged.</exception>
    public ConformanceCase(string folder, Device? device = null)
    {
        Folder = folder;
        Device = device ?? CPU;
        config = JsonDocument.Parse(ReadText(Path.Combine(folder, "config.json")));
        string stored = Path.Combine(folder, TensorsName);
        tensors = File.Exists(stored) ? SafetensorsReader.Open(stored) : null;
    }

    public string Folder { get; }

    /// <summary>Where tensors and weights are.</summary>
    public Device Device { get; }

    public JsonElement Config => config.RootElement;

    /// <summary>The merges of OpenCLIP's tokenizer, which no case holds, or null.</summary>
    public string? Merges { get; init; }

    /// <summary>Whether there are any tensors: a list of names and shapes has none.</summary>
    public bool HasTensors => tensors is not null;

    /// <summary>Names of all inputs and outputs.</summary>
    public IEnumerable<string> Names => tensors is null ? [] : tensors.Entries.Keys;

    /// <summary>A named tensor.</summary>
    /// <exception cref="ConformanceException">There is none of that name; those that there are are listed.</exception>
    public Tensor this[string name] => Has(name)
        ? ToDevice(Stored.Read(name))
        : throw new ConformanceException(
            $"{Folder}: io.safetensors has no '{name}'; it has: {string.Join(", ", Names.Order(StringComparer.Ordinal))}");

    public bool Has(string name) => Stored.Has(name);

    /// <summary>Checks that all inputs are there.</summary>
    /// <exception cref="ConformanceException">Lists every one that is not.</exception>
    public void Require(params string[] names)
    {
        string[] missing = [.. names.Where(name => !Has(name))];
        if (missing.Length > 0)
        {
            throw new ConformanceException(
                $"{Folder}: io.safetensors has no {string.Join(", ", missing)}; it has: "
                    + $"{string.Join(", ", Names.Order(StringComparer.Ordinal))}");
        }
    }

    /// <summary>The part of config.json that a network is built from.</summary>
    /// <exception cref="ConformanceException">It is missing or does not have the type's values.</exception>
    public T Parameters<T>(params string[] path) => Convert(
        at => at.Deserialize<T>()
            ?? throw new ConformanceException($"{Folder}: config.json: {string.Join('.', path)}: expected a value, got null"), path);

    /// <summary>The same, read by a function.</summary>
    /// <exception cref="ConformanceException">It is missing or the function cannot read it.</exception>
    public T Convert<T>(Func<JsonElement, T> read, params string[] path)
    {
        JsonElement at = Config;
        foreach (string name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                throw new ConformanceException($"{Folder}: config.json has no '{string.Join('.', path)}'");
        }

        try
        {
            return read(at);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new ConformanceException($"{Folder}: config.json: {string.Join('.', path)}: {error.Message}");
        }
    }

    /// <summary>Weights in float32, whatever the file holds; they live as long as the case.</summary>
    public CheckpointWeights Weights(string file = "weights.safetensors")
    {
        SafetensorsReader reader = SafetensorsReader.Open(Require(file));
        var weights = new CheckpointWeights(reader, Device, ScalarType.Float32);
        owned.Add(weights);
        owned.Add(reader);
        return weights;
    }

    /// <summary>One tensor of the weights.</summary>
    /// <exception cref="CheckpointException">There is none of that name.</exception>
    public Tensor Weight(string name)
    {
        if (weights is null) owned.Add(weights = SafetensorsReader.Open(Require("weights.safetensors")));
        return ToDevice(weights.Read(name));
    }

    /// <summary>Another case, which config.json names by its folder; it lives as long as this one.</summary>
    /// <exception cref="ConformanceException">It is not named, or there is none.</exception>
    public ConformanceCase Other(string name)
    {
        var other = new ConformanceCase(Path.Combine(Folder, Parameters<string>(name)), Device);
        owned.Add(other);
        return other;
    }

    public void Dispose()
    {
        foreach (IDisposable resource in owned) resource.Dispose();
        tensors?.Dispose();
        config.Dispose();
    }

    private Tensor ToDevice(Tensor tensor) => Device.type == DeviceType.CPU ? tensor : tensor.to(Device, disposeAfter: true);

    private SafetensorsReader Stored => tensors ?? throw new ConformanceException($"{Folder}: has no {TensorsName}");

    private string Require(string file)
    {
        string path = Path.Combine(Folder, file);
        return File.Exists(path) ? path : throw new ConformanceException($"{Folder}: has no {file}");
    }

    private string ReadText(string path)
    {
        if (!Directory.Exists(Folder)) throw new ConformanceException($"{Folder}: there is no such folder");
        string text = File.ReadAllText(Require("config.json"));
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(text);
            return parsed.RootElement.ValueKind == JsonValueKind.Object
                ? text
                : throw new ConformanceException($"{path}: expected a JSON object");
        }
        catch (JsonException error)
        {
            throw new ConformanceException($"{path}: {error.Message}");
        }
    }
}
