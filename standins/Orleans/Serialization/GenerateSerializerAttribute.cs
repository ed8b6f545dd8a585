namespace Orleans;

/// <summary>Values of this type may travel in requests: the members marked [Id], and those of a record's primary constructor.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute;
