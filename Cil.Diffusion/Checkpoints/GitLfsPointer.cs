using System.Text;
using System.Text.RegularExpressions;

namespace Cil.Diffusion.Checkpoints;

/// <summary>What a Git repository holds in a large file's place until Git LFS has fetched it (git-lfs, docs/spec.md).</summary>
internal static partial class GitLfsPointer
{
    // The specification's limit, and how every pointer begins.
    private const int MostBytes = 1024;
    private const string Beginning = "version https://git-lfs.github.com/spec/";

    /// <returns>What to tell of the file, or null if it is no pointer.</returns>
    internal static string? Explain(string file, Stream content)
    {
        byte[] bytes = new byte[MostBytes];
        content.Position = 0;
        string text = Encoding.UTF8.GetString(bytes, 0, content.ReadAtLeast(bytes, MostBytes, throwOnEndOfStream: false));
        if (!text.StartsWith(Beginning, StringComparison.Ordinal)) return null;
        Match size = Size().Match(text);
        return $"{file}: a Git LFS pointer, not weights{(size.Success ? $"; the weights have {size.Groups[1].Value} bytes" : "")}; "
            + $"run 'git lfs pull' in the repository, or download the file itself";
    }

    [GeneratedRegex("^size ([0-9]{1,19})$", RegexOptions.Multiline)]
    private static partial Regex Size();
}
