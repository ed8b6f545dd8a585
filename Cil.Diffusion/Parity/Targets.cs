using System.Text.Json;

namespace Cil.Diffusion.Parity;

/// <summary>Reads what a config.json says it configures.</summary>
internal static class Targets
{
    /// <summary>Whether `target` names a class, in whatever module.</summary>
    internal static bool Is(this ParityCase parity, string className) =>
        parity.Config.TryGetProperty("target", out JsonElement target) && target.ValueKind == JsonValueKind.String
        && target.GetString()!.Split('.')[^1] == className;
}
