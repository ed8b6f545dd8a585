using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Cil.Evaluation.Tests.Metrics;

/// <summary>Reads float32 values out of a safetensors file without any tensor library.</summary>
internal static class RawTensors
{
    public static (int[] Shape, float[] Values) Read(string file, string name)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var json = JsonDocument.Parse(bytes.AsMemory(8, header));
        JsonElement entry = json.RootElement.GetProperty(name);
        Assert.Equal("F32", entry.GetProperty("dtype").GetString());
        int[] offsets = entry.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt32()).ToArray();
        float[] values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + header + offsets[0], offsets[1] - offsets[0])).ToArray();
        return (entry.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32()).ToArray(), values);
    }
}
