using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints.Pickles;

/// <summary>A class or function that a pickle names. It is only ever a name here.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>An object of a class that is not data for us; nothing of it was built.</summary>
internal sealed record PickleOpaque(string What);

/// <summary>A module of TorchScript: its members, without what its class would do.</summary>
internal sealed class PickleObject
{
    /// <summary>Null until they are set, or where they are no dictionary.</summary>
    internal PickleDictionary? State { get; set; }
}

/// <summary>A dictionary, ordered or not: pairs in the order they were set.</summary>
internal sealed class PickleDictionary
{
    internal List<KeyValuePair<object?, object?>> Items { get; } = [];

    /// <summary>The value of a text key, the last one set; null without.</summary>
    internal object? this[string key] => Items.FindLast(item => item.Key is string name && name == key).Value;
}

/// <summary>A piece of memory that tensors share, stored as a file of the archive.</summary>
/// <param name="Type">Null where the storage is of bytes and its tensors say their type.</param>
/// <param name="Key">The file's name in `data`.</param>
/// <param name="Count">Elements (bytes where there is no type).</param>
internal sealed record PickleStorage(ScalarType? Type, string Key, long Count);

/// <summary>A tensor as a view of a storage; all numbers count elements.</summary>
internal sealed record PickleTensor(PickleStorage Storage, ScalarType Type, long Offset, long[] Size, long[] Stride);
