using System.Text.Json.Serialization;

namespace Cil.Api.Videos;

/// <summary>A page of a list.</summary>
public sealed record VideoList<T>(IReadOnlyList<T> Data, string? FirstId, string? LastId, bool HasMore)
{
    [JsonPropertyName("object")]
    public string Kind { get; } = "list";
}
