namespace Orleans.Concurrency;

/// <summary>The grain's requests may interleave wherever one awaits.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
