using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints.Files;

/// <summary>The element types that tensors in files have, by the names of the safetensors format.</summary>
internal static class ElementTypes
{
    private static readonly Dictionary<string, (ScalarType Type, int Bytes)> Types = new(StringComparer.Ordinal)
    {
        ["F64"] = (ScalarType.Float64, 8),
        ["F32"] = (ScalarType.Float32, 4),
        ["F16"] = (ScalarType.Float16, 2),
        ["BF16"] = (ScalarType.BFloat16, 2),
        ["I64"] = (ScalarType.Int64, 8),
        ["I32"] = (ScalarType.Int32, 4),
        ["I16"] = (ScalarType.Int16, 2),
        ["I8"] = (ScalarType.Int8, 1),
        ["U8"] = (ScalarType.Byte, 1),
        ["BOOL"] = (ScalarType.Bool, 1),
    };

    internal static string NameOf(ScalarType type) => Types.First(pair => pair.Value.Type == type).Key;

    /// <summary>Bytes of one element.</summary>
    internal static int BytesOf(ScalarType type) => Types.First(pair => pair.Value.Type == type).Value.Bytes;

    internal static bool TryFind(string name, out (ScalarType Type, int Bytes) found) => Types.TryGetValue(name, out found);

    internal static string Unsupported(string name) => $"dtype '{name}' is not supported; supported: {string.Join(", ", Types.Keys)}";
}
