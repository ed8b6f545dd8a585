namespace Orleans.Concurrency;

/// <summary>Requests of methods so marked interleave with each other.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;
