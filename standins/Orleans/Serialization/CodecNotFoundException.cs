using System.Diagnostics.CodeAnalysis;

namespace Orleans.Serialization;

/// <summary>A value's type is neither known to the serializer nor marked [GenerateSerializer].</summary>
[SuppressMessage("Design", "CA1032", Justification = "Only the original's constructors.")]
public sealed class CodecNotFoundException : SerializerException
{
    /// <summary>Says which type.</summary>
    public CodecNotFoundException(string message)
        : base(message)
    {
    }
}
