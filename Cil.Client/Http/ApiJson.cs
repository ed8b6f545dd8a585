using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cil.Interfaces;

namespace Cil.Client.Http;

/// <summary>How the native HTTP API spells things: camel case, enumerations by name, ids as text, times left in seconds.</summary>
public static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        // No page embeds the answers: messages may keep their quotes.
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new IdConverter());
        options.Converters.Add(new SecondsConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class IdConverter : JsonConverter<RenderJobId>
    {
        public override RenderJobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, RenderJobId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }

    private sealed class SecondsConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.TotalSeconds);
    }
}
