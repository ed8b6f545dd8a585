using System.Security.Cryptography;
using System.Text.Json;
using Cil.Client.Contracts;

namespace Cil.Api.Jobs;

/// <summary>A job's snapshot as an event.</summary>
internal static class JobEvent
{
    private const int Digits = 16;

    /// <summary>
    /// The same for two snapshots that say the same, but for the estimate of the remaining time, which changes by itself.
    /// </summary>
    internal static string Id(ApiJob job) =>
        Convert.ToHexStringLower(
            SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(job with { RemainingSeconds = null }, ApiJson.Options)))[..Digits];
}
