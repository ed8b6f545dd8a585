namespace Cil.Storage;

/// <summary>What a blob may be called: '/'-separated parts of letters, digits, '-', '_' and '.', none of which begins with a '.'.</summary>
public static class BlobName
{
    private const int MaxLength = 512;

    /// <summary>Refuses what is not a name, or would leave the store.</summary>
    /// <exception cref="ArgumentException">The name is blank, too long, or has a part that is not allowed.</exception>
    public static string Check(string name) => IsName(name)
        ? name
        : throw new ArgumentException(
            $"blob name: parts of letters, digits, '-', '_' and '.', not beginning with '.', joined by '/'; got '{name}'", nameof(name));

    /// <summary>Whether a blob may be named so.</summary>
    public static bool IsName(string name) => !string.IsNullOrEmpty(name) && name.Length <= MaxLength && name.Split('/').All(part =>
        part.Length > 0 && part[0] != '.' && part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'));
}
