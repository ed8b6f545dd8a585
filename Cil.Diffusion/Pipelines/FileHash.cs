using System.Security.Cryptography;

namespace Cil.Diffusion.Pipelines;

/// <summary>The name that a file's content has.</summary>
public static class FileHash
{
    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    public static string Sha256(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
