using Cil.Diffusion.Checkpoints;

namespace Cil.Evaluation.Networks.C3d;

/// <summary>C3D's parameters as PyTorch spells them, of a file of Chainer or one with a prefix.</summary>
internal static class C3dNames
{
    private const string FirstOfChainer = "conv1a/W", First = "conv1a.weight";

    /// <summary>The same tensors; other names are left as they are.</summary>
    internal static ITensorFile Rename(ITensorFile file)
    {
        if (file.Names.Contains(FirstOfChainer))
        {
            return NetworkFile.Renamed(
                file, name => name.Replace("/W", ".weight", StringComparison.Ordinal).Replace("/b", ".bias", StringComparison.Ordinal));
        }

        string? first = file.Names.FirstOrDefault(name => name.EndsWith($".{First}", StringComparison.Ordinal));
        if (first is null) return file;
        string prefix = first[..^First.Length];
        return NetworkFile.Renamed(file, name => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name);
    }
}
