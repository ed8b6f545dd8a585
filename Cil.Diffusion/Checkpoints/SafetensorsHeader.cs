using System.Buffers.Binary;
using System.Text.Json;
using Cil.Diffusion.Checkpoints.Files;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>
/// Reads and checks a safetensors header: 8 bytes little-endian length, JSON, then raw data. Every offset is checked
/// against shape, type and file size before any of the data is touched.
/// </summary>
public static class SafetensorsHeader
{
    /// <summary>The format's own limit on the header, 100 MB (huggingface/safetensors).</summary>
    public const long MaxHeaderBytes = 100_000_000;

    internal const int ProbeBytes = sizeof(ulong) + 1;

    /// <summary>Whether a file begins as one of safetensors: a length that the format allows, and an object behind it.</summary>
    /// <param name="begin">Its first <see cref="ProbeBytes"/> bytes, or all that there are.</param>
    internal static bool Begins(ReadOnlySpan<byte> begin) =>
        begin.Length >= ProbeBytes && BinaryPrimitives.ReadUInt64LittleEndian(begin) <= MaxHeaderBytes && begin[sizeof(ulong)] == (byte)'{';

    /// <param name="file">The name for messages.</param>
    /// <param name="source">Positioned at the beginning; left at the first byte of data.</param>
    /// <returns>The tensors by name, the metadata, and the length of the header with its length field.</returns>
    /// <exception cref="CheckpointException">The header is damaged, or disagrees with the file's size.</exception>
    public static (Dictionary<string, SafetensorsEntry> Entries, Dictionary<string, string> Metadata, long DataStart) Read(
        string file, Stream source)
    {
        long size = source.Length;
        if (size < 8) throw new CheckpointException($"{file}: truncated: {size} bytes, a safetensors file has at least 8");
        Span<byte> prefix = stackalloc byte[8];
        source.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeaderBytes)
        {
            throw new CheckpointException(
                GitLfsPointer.Explain(file, source)
                    ?? $"{file}: header: claims {length} bytes, the format allows {MaxHeaderBytes}; not a safetensors file?");
        }

        if ((long)length > size - 8)
            throw new CheckpointException($"{file}: truncated: the header claims {length} bytes, {size - 8} are there");

        byte[] json = new byte[length];
        source.ReadExactly(json);
        long data = size - 8 - (long)length;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            return Read(file, document.RootElement, data) is var (entries, metadata) ? (entries, metadata, 8 + (long)length) : default;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new CheckpointException($"{file}: header: not valid: {error.Message}", error);
        }
    }

    private static (Dictionary<string, SafetensorsEntry> Entries, Dictionary<string, string> Metadata) Read(
        string file, JsonElement root, long data)
    {
        var entries = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name == "__metadata__")
            {
                foreach (JsonProperty item in property.Value.EnumerateObject()) metadata[item.Name] = item.Value.GetString() ?? "";
            }
            else if (!entries.TryAdd(property.Name, Entry(file, property, data)))
            {
                throw new CheckpointException($"{file}: {property.Name}: named twice in the header");
            }
        }

        // As the reference library has it (safetensors, Metadata::validate): tensors lie one behind the other and fill the file.
        long end = 0;
        SafetensorsEntry? before = null;
        foreach (SafetensorsEntry entry in entries.Values.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (before is not null && entry.Begin < end)
            {
                throw new CheckpointException(
                    $"{file}: {entry.Name}: its data begin at {entry.Begin}, inside {before.Name}, which ends at {end}");
            }

            if (entry.Begin != end)
            {
                throw new CheckpointException(
                    $"{file}: {entry.Name}: its data begin at {entry.Begin}, expected {end}: "
                        + $"{entry.Begin - end} bytes belong to no tensor");
            }

            (before, end) = (entry, entry.End);
        }

        if (end != data) throw new CheckpointException($"{file}: {data - end} bytes behind the last tensor belong to none");
        return (entries, metadata);
    }

    private static SafetensorsEntry Entry(string file, JsonProperty property, long data)
    {
        string name = property.Name;
        string type = property.Value.GetProperty("dtype").GetString() ?? "";
        if (type.Length == 0) throw new CheckpointException($"{file}: {name}: has no dtype");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
            throw new CheckpointException($"{file}: {name}: data_offsets ({string.Join(", ", offsets)}) are not a range");
        if (offsets[1] > data)
            throw new CheckpointException($"{file}: {name}: truncated: data end at {offsets[1]}, the file has {data} bytes of data");

        // A tensor of a type that is not read may be one that nothing needs: it is refused where it is used.
        bool isKnown = ElementTypes.TryFind(type, out (ScalarType Type, int Bytes) known);
        Int128 bytes = isKnown ? known.Bytes : 1;
        foreach (long axis in shape)
        {
            if (axis < 0) throw new CheckpointException($"{file}: {name}: shape ({string.Join(", ", shape)}) has a negative axis");
            bytes *= axis;
            if (bytes > long.MaxValue) throw new CheckpointException($"{file}: {name}: shape ({string.Join(", ", shape)}) is too large");
        }

        if (isKnown && bytes != offsets[1] - offsets[0])
        {
            throw new CheckpointException(
                $"{file}: {name}: shape ({string.Join(", ", shape)}) of {type} needs {bytes} bytes, data_offsets give "
                    + $"{offsets[1] - offsets[0]}");
        }

        return new SafetensorsEntry(name, type, isKnown ? known.Type : null, shape, offsets[0], offsets[1]);
    }
}
