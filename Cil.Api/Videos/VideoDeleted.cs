using System.Text.Json.Serialization;

namespace Cil.Api.Videos;

/// <summary>A video that is not there any more.</summary>
public sealed record VideoDeleted(string Id)
{
    [JsonPropertyName("object")]
    public string Kind { get; } = "video.deleted";

    public bool Deleted { get; } = true;
}
