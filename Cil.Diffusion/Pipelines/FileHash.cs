using System.Security.Cryptography;
using System.Text;
using Cil.Diffusion.Checkpoints;

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

    /// <summary>Of the weights of a model's folder, all files together.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static string OfWeights(ModelManifest manifest, string folder)
    {
        using var files = WeightFiles.Open(manifest, folder);
        return files.Hash;
    }

    /// <summary>Of several files: SHA-256 of their hashes; of one, its own.</summary>
    internal static string Join(IReadOnlyList<string> hashes) =>
        hashes.Count == 1 ? hashes[0] : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(hashes))));
}
