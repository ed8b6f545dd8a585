using System.Text.Json.Serialization;

namespace Cil.Api.Videos;

/// <summary>A page of a list.</summary>
public sealed record VideoList<T>(
    IReadOnlyList<T> Data, [property: JsonPropertyName("first_id")] string? FirstId,
    [property: JsonPropertyName("last_id")] string? LastId, [property: JsonPropertyName("has_more")] bool HasMore)
{
    [JsonPropertyName("object")]
    public string Kind { get; } = "list";
}
