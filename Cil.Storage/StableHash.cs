namespace Cil.Storage;

/// <summary>A hash that all processes agree on, unlike <see cref="string.GetHashCode()"/>: which lock file guards a blob.</summary>
internal static class StableHash
{
    /// <summary>FNV-1a, 32 bits.</summary>
    internal static uint Of(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text) hash = unchecked((hash ^ c) * 16777619);
        return hash;
    }
}
