using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cil.Grains.Chunks;
using Cil.Grains.Versions;

namespace Cil.Grains.Leases;

/// <summary>
/// The states of a job's chunks in its stored state: where there are many, those that are alike become one entry with the number of
/// them, and the place of a chunk's number in its blob's name is marked. Few are stored one by one, and
/// all where a silo before <see cref="GridFormat.Runs"/> may read them.
/// </summary>
internal sealed class StoredChunksConverter : JsonConverter<List<ChunkState>>
{
    private const string Place = "/#.";

    public override List<ChunkState>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        List<Entry?>? entries = JsonSerializer.Deserialize<List<Entry?>>(ref reader);
        if (entries is null) return null;
        var chunks = new List<ChunkState>();
        foreach (Entry? entry in entries)
        {
            int times = entry?.Times ?? 1;
            if (times < 1 || times > StoredPlanConverter.MostChunks - chunks.Count)
                throw new JsonException($"Times: expected 1 to {StoredPlanConverter.MostChunks} chunks in all, got {times}");
            for (int time = 0; time < times; time++) chunks.Add(entry?.At(chunks.Count)!);
        }

        return chunks;
    }

    public override void Write(Utf8JsonWriter writer, List<ChunkState> value, JsonSerializerOptions options)
    {
        if (value.Count < StoredPlanConverter.ManyChunks || !GridFormat.HasRuns(options))
        {
            JsonSerializer.Serialize(writer, value);
            return;
        }

        writer.WriteStartArray();
        for (int first = 0; first < value.Count;)
        {
            Entry entry = Entry.Of(value[first], first);
            int next = first + 1;
            while (next < value.Count && entry.IsThatOf(value[next], next)) next++;
            JsonSerializer.Serialize(writer, entry with { Times = next - first });
            first = next;
        }

        writer.WriteEndArray();
    }

    // Names and meanings of ChunkState's properties: what was stored one by one is read by the same.
    private sealed record Entry(
        long Epoch, int Failures, string? Worker, string? OutputBlob, int OutOfMemory, int Losses,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Times = null)
    {
        internal static Entry Of(ChunkState state, int index)
        {
            string? blob = state.OutputBlob?.Replace(Digits(index), Place, StringComparison.Ordinal);
            // Who rendered a chunk that is done is of no use any more.
            return new Entry(state.Epoch, state.Failures, blob is null ? state.Worker : null, blob, state.OutOfMemory, state.Losses);
        }

        internal bool IsThatOf(ChunkState state, int index) =>
            (Epoch, Failures, OutOfMemory, Losses) == (state.Epoch, state.Failures, state.OutOfMemory, state.Losses)
                && (OutputBlob is null ? state.OutputBlob is null && Worker == state.Worker : IsBlob(state.OutputBlob, index));

        // Whether it is OutputBlob with this number in its place; nothing is allocated, since it is asked of every chunk at each write.
        private bool IsBlob(string? blob, int index)
        {
            int at = OutputBlob!.IndexOf(Place, StringComparison.Ordinal);
            if (blob is null || at < 0) return blob == OutputBlob;
            Span<char> digits = stackalloc char[16];
            _ = index.TryFormat(digits, out int length, "D4", CultureInfo.InvariantCulture);
            return blob.Length == OutputBlob.Length - 1 + length
                && blob.AsSpan(0, at + 1).SequenceEqual(OutputBlob.AsSpan(0, at + 1))
                && blob.AsSpan(at + 1, length).SequenceEqual(digits[..length])
                && blob.AsSpan(at + 1 + length).SequenceEqual(OutputBlob.AsSpan(at + 2));
        }

        internal ChunkState At(int index) => new()
        {
            Epoch = Epoch, Failures = Failures, Worker = Worker, OutOfMemory = OutOfMemory, Losses = Losses,
            OutputBlob = OutputBlob?.Replace(Place, Digits(index), StringComparison.Ordinal),
        };

        // As BlobNames.Output has it.
        private static string Digits(int index) => string.Create(CultureInfo.InvariantCulture, $"/{index:D4}.");
    }
}
