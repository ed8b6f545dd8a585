using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>How the HTTP API spells things: camel case, enumerations by name, no nulls left out.</summary>
public static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    /// <summary>The API's name of a property: the one list of names is the properties'.</summary>
    public static string Field(string property) => JsonNamingPolicy.CamelCase.ConvertName(property);

    /// <summary>Makes options spell as <see cref="Options"/> do.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.NumberHandling = JsonNumberHandling.Strict;
        // No page embeds the answers: messages may keep their quotes.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
    }

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
