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
        return Sha256([.. manifest.WeightFiles.SelectMany(Files)]);

        // A file may be an index of others.
        IReadOnlyList<string> Files(string name)
        {
            using ITensorFile file = TensorFiles.Open(Path.Combine(folder, name));
            return file.Files;
        }
    }

    /// <summary>Of several files: SHA-256 of their hashes; of one, its own.</summary>
    public static string Sha256(IReadOnlyList<string> paths) =>
        paths.Count == 1 ? Sha256(paths[0]) : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(paths.Select(Sha256)))));
}
