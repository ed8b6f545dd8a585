using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cil.Grains.Versions;
using Cil.Interfaces.Chunks;

namespace Cil.Grains.Chunks;

/// <summary>
/// A plan in a job's stored state, which is written twice a chunk: one of many chunks is stored as runs of them, so that a write costs
/// no more late in a long job than in a short one. A plan of few chunks, and one that a silo before <see cref="GridFormat.Runs"/> may read,
/// is stored as it is.
/// </summary>
internal sealed class StoredPlanConverter : JsonConverter<RenderPlan>
{
    /// <summary>Chunks from which runs are written.</summary>
    internal const int ManyChunks = 64;

    /// <summary>More than any request comes to.</summary>
    internal const int MostChunks = 1_000_000;

    private static readonly ConditionalWeakTable<RenderPlan, byte[]> Written = [];

    public override RenderPlan? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty(nameof(Long.Runs), out _))
            return document.Deserialize<RenderPlan>();
        Long stored = document.Deserialize<Long>()!;
        return stored.Plan is null || stored.Runs is null || stored.Runs.Contains(null!)
            ? throw new JsonException("Plan: it has runs of chunks and nothing else")
            : stored.Plan with { Chunks = ChunkRun.Expand(stored.Runs, MostChunks) };
    }

    public override void Write(Utf8JsonWriter writer, RenderPlan value, JsonSerializerOptions options)
    {
        if (value.Chunks is null || value.Chunks.Count < ManyChunks || !GridFormat.HasRuns(options))
            JsonSerializer.Serialize(writer, value);
        else
            writer.WriteRawValue(Written.GetValue(value, Json), skipInputValidation: true);
    }

    private static byte[] Json(RenderPlan plan) =>
        JsonSerializer.SerializeToUtf8Bytes(new Long(plan with { Chunks = [] }, ChunkRun.Of(plan.Chunks)));

    private sealed record Long(RenderPlan Plan, IReadOnlyList<ChunkRun> Runs);
}
