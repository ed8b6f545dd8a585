using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cil.Grains.Versions;

/// <summary>
/// The forms of stored state and of leases that are not as they were in the first version, numbered in the order in which they came. A
/// silo reads all up to <see cref="Latest"/>, and writes the newest that every silo of its cluster reads.
/// </summary>
public static class GridFormat
{
    /// <summary>The plan and the states of many chunks are stored as runs, and a lease goes without its plan's chunks.</summary>
    public const int Runs = 1;

    /// <summary>Plans have low-pass guidance and the quality fast, which versions before would render without.</summary>
    public const int MotionAndQuality = 2;

    /// <summary>The newest that this version reads.</summary>
    public const int Latest = MotionAndQuality;

    private static readonly JsonSerializerOptions BeforeRuns = new() { Converters = { new ChunkByChunk() } };

    /// <summary>How state is written in a form: converters are given it.</summary>
    internal static JsonSerializerOptions Json(int format) => format < Runs ? BeforeRuns : JsonSerializerOptions.Default;

    /// <summary>Whether runs may be written.</summary>
    internal static bool HasRuns(JsonSerializerOptions options) => !options.Converters.Any(one => one is ChunkByChunk);

    // Marks options, and converts nothing. Options that are otherwise equal would share what they know of a type.
    private sealed class ChunkByChunk : JsonConverter<ChunkByChunk>
    {
        public override ChunkByChunk Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, ChunkByChunk value, JsonSerializerOptions options) =>
            throw new NotSupportedException();
    }
}
