using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cil.Diffusion.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>
/// Writes tensors as safetensors. The same tensors give the same bytes: names in ordinal order, no time, no padding but the
/// header's.
/// </summary>
public static class SafetensorsWriter
{
    private const int HeaderAlignment = 8;

    /// <summary>Writes beside the target and renames: the file is there whole or not at all.</summary>
    public static void Save(
        string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Without the file's name: that may be as long as a name can be.
        string temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                Write(stream, tensors.Select(Part), metadata);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public static byte[] ToBytes(IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        Write(stream, tensors.Select(Part), metadata);
        return stream.ToArray();
    }

    /// <summary>The same bytes from numbers that are no tensors: this needs no libtorch.</summary>
    /// <param name="arrays">Row-major.</param>
    internal static byte[] ToBytes<T>(
        IEnumerable<(string Name, ScalarType Type, long[] Shape, T[] Values)> arrays, IReadOnlyDictionary<string, string>? metadata = null)
        where T : unmanaged
    {
        using var stream = new MemoryStream();
        Write(
            stream,
            arrays.Select(
                array => new Stored(array.Name, array.Type, array.Shape, target => target.Write(MemoryMarshal.AsBytes<T>(array.Values)))),
            metadata);
        return stream.ToArray();
    }

    private static Stored Part((string Name, Tensor Value) tensor) => new(tensor.Name, tensor.Value.dtype, tensor.Value.shape, target =>
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor here = tensor.Value.detach().cpu().contiguous();
        target.Write(here.bytes);
    });

    private static void Write(Stream target, IEnumerable<Stored> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        Stored[] ordered = [.. tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)];
        byte[] header = Header(ordered, metadata);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        target.Write(length);
        target.Write(header);
        foreach (Stored tensor in ordered) tensor.Write(target);
    }

    private static byte[] Header(Stored[] tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach (Stored tensor in tensors)
            {
                long end = offset + tensor.Shape.Aggregate((long)ElementTypes.BytesOf(tensor.Type), (product, axis) => product * axis);
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", ElementTypes.NameOf(tensor.Type));
                json.WriteStartArray("shape");
                foreach (long axis in tensor.Shape) json.WriteNumberValue(axis);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        while ((stream.Length + 8) % HeaderAlignment != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    private sealed record Stored(string Name, ScalarType Type, long[] Shape, Action<Stream> Write);
}
