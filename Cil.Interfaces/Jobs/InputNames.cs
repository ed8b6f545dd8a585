using System.Security.Cryptography;

namespace Cil.Interfaces.Jobs;

/// <summary>
/// Names of uploaded inputs. The content's hash is part of the name, so that a second submission under the same id cannot
/// change what an accepted job reads.
/// </summary>
public static class InputNames
{
    private const int HashDigits = 16;

    public static string Image(RenderJobId job, ReadOnlySpan<byte> content) => Image(job, Hash(content));

    public static string Statistics(RenderJobId job, ReadOnlySpan<byte> content) => Statistics(job, Hash(content));

    /// <param name="digest">Of <see cref="DigestAsync"/>.</param>
    public static string Image(RenderJobId job, string digest) => $"jobs/{job}/input.{digest}";

    /// <inheritdoc cref="Image(RenderJobId, string)"/>
    public static string Statistics(RenderJobId job, string digest) => $"jobs/{job}/statistics.{digest}.safetensors";

    /// <summary>What a content is named by.</summary>
    public static async Task<string> DigestAsync(Stream content, CancellationToken cancellationToken = default) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken))[..HashDigits];

    /// <summary>Whether a blob is an upload of that job, and not something that the job has made.</summary>
    public static bool IsUpload(RenderJobId job, string blob) =>
        blob.StartsWith($"jobs/{job}/input.", StringComparison.Ordinal)
            || blob.StartsWith($"jobs/{job}/statistics.", StringComparison.Ordinal);

    /// <summary>Whether an upload's content has the hash in its name; true where the name has none.</summary>
    public static bool IsWhole(string blob, ReadOnlySpan<byte> content)
    {
        if (blob.Split('/') is not ["jobs" or "batches", _, var file]) return true;
        string? hash = file.Split('.') switch
        {
            ["input", var image] => image,
            ["statistics", var statistics, "safetensors"] => statistics,
            _ => null,
        };
        return hash is not { Length: HashDigits } || hash == Hash(content);
    }

    private static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content))[..HashDigits];
}
