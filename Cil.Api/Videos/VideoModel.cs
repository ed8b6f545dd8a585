using System.Text.Json.Serialization;

namespace Cil.Api.Videos;

/// <summary>A model by its name.</summary>
public sealed record VideoModel(string Id)
{
    [JsonPropertyName("object")]
    public string Kind { get; } = "model";

    public long Created { get; }

    [JsonPropertyName("owned_by")]
    public string OwnedBy { get; } = "cil";
}
