using Cil.Diffusion.Checkpoints.Files;

namespace Cil.Diffusion.Checkpoints;

/// <summary>How the tensors of a file differ from those that a network asks for.</summary>
internal static class TensorErrors
{
    /// <returns>What is wrong with one tensor, or null.</returns>
    internal static string? Of(string name, long[] shape, TensorEntry? found) => found switch
    {
        null => $"missing: {name} ({string.Join(", ", shape)})",
        { } entry when !entry.Shape.SequenceEqual(shape) =>
            $"misshapen: {name}: expected ({string.Join(", ", shape)}), got ({string.Join(", ", entry.Shape)})",
        { Type: null } entry => $"unreadable: {name}: {ElementTypes.Unsupported(entry.TypeName)}",
        _ => null,
    };

    /// <summary>Names that no network asked for, in ordinal order.</summary>
    internal static IEnumerable<string> Spare(IEnumerable<string> names, IReadOnlySet<string> used, Func<string, bool>? ignored) => names
        .Where(name => !used.Contains(name) && (ignored is null || !ignored(name)))
        .Order(StringComparer.Ordinal).Select(name => $"spare: {name}");

    /// <summary>All that is wrong with a file, for a network whose names and shapes were listed.</summary>
    /// <param name="ignored">Whether a name may be left over.</param>
    internal static IEnumerable<string> Of(ITensorFile file, ShapeListing wanted, Func<string, bool> ignored) => wanted.Entries
        .Select(entry => Of(entry.Name, entry.Shape, file.Find(entry.Name))).OfType<string>()
        .Concat(Spare(file.Names, wanted.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal), ignored));
}
