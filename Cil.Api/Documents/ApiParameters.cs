using Microsoft.OpenApi;

namespace Cil.Api.Documents;

/// <summary>Parameters of addresses, queries and files of forms by their names: the same name means the same everywhere.</summary>
internal static class ApiParameters
{
    private const string Limit = "limit";

    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["id"] = "Its id",
        ["image"] = "The picture that the video begins with: PNG, JPEG, WebP and more",
        ["input_reference"] = "The picture that the video begins with: PNG, JPEG, WebP and more",
        ["statistics"] = "What Analytic-Init starts from; as GET /api/statistics gives it",
        ["delivery"] = "The event's id, as deliveries list it",
        ["tenant"] = "A tenant's name; others' are an operator's to see",
        [Limit] = "How many at most",
        ["after"] = "Where the page begins: behind this id, or behind what the page before gave as its next",
        ["order"] = "desc for the newest first, which is the standard, or asc",
        ["variant"] = "video, which is the standard, thumbnail or spritesheet",
        ["class"] = "A class of devices",
        ["model"] = "A model's name",
        ["state"] = "Where jobs stand: one or more of queued, running, paused, completed, failed, cancelled, with commas between",
        ["text"] = "A part of the prompt or of the id",
    };

    /// <summary>Null for a name that is not known: the linter asks for its description.</summary>
    internal static string? Describe(string name) => Descriptions.GetValueOrDefault(name);

    internal static OpenApiSchema Schema(string name) =>
        name == Limit
            ? new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "0" }
            : new OpenApiSchema { Type = JsonSchemaType.String };
}
