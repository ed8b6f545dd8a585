using System.Security.Cryptography;
using System.Text;

namespace Cil.Grains.Blobs;

/// <summary>
/// A checksum as the last property of a JSON object, so that a changed byte is not read as another seed or prompt. Versions
/// that do not know it skip the property, and what they have stored is taken without.
/// </summary>
internal static class StateChecksum
{
    // The first 64 bits of SHA-256: against decay, not against people who may write to storage.
    private const int Digits = 16;

    private static readonly byte[] Start = ",\"Checksum\":\""u8.ToArray(), End = "\"}"u8.ToArray();

    private static readonly int Length = Start.Length + Digits + End.Length;

    /// <param name="json">An object with a property or more, not indented.</param>
    internal static byte[] Add(ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> body = json[..^1];
        return [.. body, .. Start, .. Hash(body), .. End];
    }

    /// <summary>Whether the bytes are those that the checksum was made of, or have none.</summary>
    internal static bool Holds(ReadOnlySpan<byte> json)
    {
        if (json.Length < Length) return true;
        ReadOnlySpan<byte> end = json[^Length..];
        return !end.StartsWith(Start) || !end.EndsWith(End) || end[Start.Length..^End.Length].SequenceEqual(Hash(json[..^Length]));
    }

    private static byte[] Hash(ReadOnlySpan<byte> content) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(content))[..Digits]);
}
