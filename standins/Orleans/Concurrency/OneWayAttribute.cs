namespace Orleans.Concurrency;

/// <summary>The caller's task ends when the request is sent; what the method throws is logged.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
