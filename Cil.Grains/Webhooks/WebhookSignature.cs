using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cil.Grains.Webhooks;

/// <summary>The secrets, signatures and headers of Standard Webhooks (standardwebhooks.com, version 1).</summary>
internal static class WebhookSignature
{
    internal const string IdHeader = "webhook-id", TimestampHeader = "webhook-timestamp", SignatureHeader = "webhook-signature";

    private const string Prefix = "whsec_";
    private const int SecretBytes = 32, HintLength = 4;

    /// <summary>A new secret, as its receiver configures it.</summary>
    internal static string NewSecret() => $"{Prefix}{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <summary>What may be shown of a secret.</summary>
    internal static string Hint(string secret) => $"{Prefix}…{secret[^HintLength..]}";

    /// <summary>The headers of one attempt.</summary>
    /// <param name="secrets">One signature each, so that a receiver may still know only the old one.</param>
    internal static IReadOnlyList<KeyValuePair<string, string>> Headers(
        string eventId, DateTimeOffset now, ReadOnlySpan<byte> body, IEnumerable<string> secrets)
    {
        string timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] content = [.. Encoding.UTF8.GetBytes($"{eventId}.{timestamp}."), .. body];
        return
        [
            KeyValuePair.Create(IdHeader, eventId),
            KeyValuePair.Create(TimestampHeader, timestamp),
            KeyValuePair.Create(SignatureHeader, string.Join(' ', secrets.Select(secret => $"v1,{Sign(secret, content)}"))),
        ];
    }

    private static string Sign(string secret, byte[] content) =>
        Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), content));
}
