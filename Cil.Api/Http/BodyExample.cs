using System.Text.Json;
using System.Text.Json.Nodes;
using Cil.Client.Contracts;

namespace Cil.Api.Http;

/// <summary>A body that an address takes, as the document shows it.</summary>
internal sealed record BodyExample(object Body)
{
    internal JsonNode ToJson() => JsonSerializer.SerializeToNode(Body, ApiJson.Options)!;
}
