using System.Text.Json;

namespace Cil.Evaluation.Conformance;

/// <summary>Reads what a config.json says it configures.</summary>
internal static class Targets
{
    /// <summary>Whether `target` names a class, in whatever module.</summary>
    internal static bool Is(this ConformanceCase reference, string className) =>
        reference.Config.TryGetProperty("target", out JsonElement target) && target.ValueKind == JsonValueKind.String
        && target.GetString()!.Split('.')[^1] == className;

    /// <summary>Whether `_class_name` names a class of diffusers or transformers.</summary>
    internal static bool IsClass(this ConformanceCase reference, string className) =>
        reference.Config.TryGetProperty("_class_name", out JsonElement name)
            && name.ValueKind == JsonValueKind.String
            && name.GetString() == className;
}
