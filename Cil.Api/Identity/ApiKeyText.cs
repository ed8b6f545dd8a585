using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cil.Api.Identity;

/// <summary>A key as its owner has it: `cil_ID_SECRET`, the secret 32 random bytes in base64 for addresses.</summary>
/// <param name="Id">16 hexadecimal digits.</param>
/// <param name="Secret">43 characters.</param>
public sealed record ApiKeyText(string Id, string Secret)
{
    public const string Prefix = "cil_";

    private const int IdDigits = 16, SecretBytes = 32, SecretLength = 43;

    /// <summary>A new one that nobody else has.</summary>
    public static ApiKeyText New() => new(
        RandomNumberGenerator.GetHexString(IdDigits, lowercase: true),
        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes)));

    /// <summary>Null for a text that is no key.</summary>
    public static ApiKeyText? Parse(string text)
    {
        // A secret may have '_' too.
        if (text.Length != Prefix.Length + IdDigits + 1 + SecretLength
            || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || text[Prefix.Length + IdDigits] != '_')
        {
            return null;
        }

        string id = text.Substring(Prefix.Length, IdDigits);
        return id.All(char.IsAsciiHexDigitLower) ? new ApiKeyText(id, text[^SecretLength..]) : null;
    }

    /// <summary>SHA-256 of the secret: it is random, so that a slow hash would protect nothing more.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Secret)));

    /// <summary>Whether it is the key that a hash is of, in a time that tells nothing of where they differ.</summary>
    public bool Is(string hash) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash()), Encoding.ASCII.GetBytes(hash));

    public override string ToString() => $"{Prefix}{Id}_{Secret}";
}
