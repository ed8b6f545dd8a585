using System.Runtime.InteropServices;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Media.Processes;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>The tensors of a safetensors file, memory-mapped: a tensor is the file's pages, which are read when they are used.</summary>
public sealed class SafetensorsReader : ITensorFile
{
    private readonly ByteSource source;
    private readonly long dataStart;

    private SafetensorsReader(
        string file, Dictionary<string, SafetensorsEntry> entries, Dictionary<string, string> metadata, long dataStart, ByteSource source)
    {
        (File, Entries, Metadata, this.dataStart, this.source) = (file, entries, metadata, dataStart, source);
    }

    public string File { get; }

    public IReadOnlyList<string> Files => source.IsFile ? [File] : [];

    public IReadOnlyDictionary<string, SafetensorsEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="CheckpointException">The file is missing, truncated, or its header lies.</exception>
    public static SafetensorsReader Open(string path)
    {
        try
        {
            NamedPipe.Refuse(path);
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            (Dictionary<string, SafetensorsEntry>? entries, Dictionary<string, string>? metadata, long start) = SafetensorsHeader.Read(
                path, stream);
            return new SafetensorsReader(path, entries, metadata, start, ByteSource.Map(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Tensors that came as bytes, from a blob say.</summary>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="CheckpointException">The bytes are truncated, or their header lies.</exception>
    public static SafetensorsReader FromBytes(string name, byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        (Dictionary<string, SafetensorsEntry>? entries, Dictionary<string, string>? metadata, long start) = SafetensorsHeader.Read(
            name, stream);
        return new SafetensorsReader(name, entries, metadata, start, ByteSource.Of(bytes));
    }

    public IReadOnlyCollection<string> Names => [.. Entries.Keys];

    public TensorEntry? Find(string name) => Entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? new TensorEntry(entry.Type, entry.Shape, entry.Dtype, entry.End - entry.Begin)
        : null;

    public bool Has(string name) => Entries.ContainsKey(name);

    public Tensor Read(string name, ByteLook? look = null)
    {
        if (!Entries.TryGetValue(name, out SafetensorsEntry? entry))
        {
            throw new CheckpointException(
                $"{File}: has no tensor '{name}'; it has {Entries.Count}: "
                    + $"{string.Join(", ", Entries.Keys.Order(StringComparer.Ordinal).Take(8))}…");
        }

        if (entry.Type is not { } type) throw new CheckpointException($"{File}: {name}: {ElementTypes.Unsupported(entry.Dtype)}");
        return source.Tensor(dataStart + entry.Begin, entry.Shape, type, look);
    }

    /// <summary>A tensor's numbers, row-major; this needs no libtorch.</summary>
    /// <exception cref="CheckpointException">It is not there, or of another type.</exception>
    internal T[] ReadArray<T>(string name, ScalarType type)
        where T : unmanaged
    {
        SafetensorsEntry entry = Entries.GetValueOrDefault(name) ?? throw new CheckpointException($"{File}: has no tensor '{name}'");
        if (entry.Type != type) throw new CheckpointException($"{File}: {name}: expected {ElementTypes.NameOf(type)}, got {entry.Dtype}");
        var values = new T[(entry.End - entry.Begin) / ElementTypes.BytesOf(type)];
        source.Read(dataStart + entry.Begin, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public void Dispose() => source.Dispose();
}
