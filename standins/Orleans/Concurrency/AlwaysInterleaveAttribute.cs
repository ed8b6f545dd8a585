namespace Orleans.Concurrency;

/// <summary>Requests of this method interleave with any others.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
