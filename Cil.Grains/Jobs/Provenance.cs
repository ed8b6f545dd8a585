using System.Text.Json;

namespace Cil.Grains.Jobs;

/// <summary>What is stored beside a video, so that anyone can make it again.</summary>
internal static class Provenance
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    internal static string Of(RenderJobState state) => JsonSerializer.Serialize(
        new
        {
            state.Request,
            state.Plan,
            state.Plan!.Seed,
            state.WeightsHash,
            state.Devices,
            Version = typeof(Provenance).Assembly.GetName().Version?.ToString(),
            state.CreatedAt,
        },
        Json);
}
