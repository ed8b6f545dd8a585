using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cil.Api.Videos;

/// <summary>How this face spells things: snake case, no nulls left out.</summary>
internal static class VideoJson
{
    internal static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
