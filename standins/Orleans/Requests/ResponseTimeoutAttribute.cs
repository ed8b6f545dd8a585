using System.Globalization;

namespace Orleans;

/// <summary>How long callers of the method wait for its answer, in place of what is configured.</summary>
/// <param name="timeout">As <see cref="TimeSpan"/> reads it.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
{
    public TimeSpan? Timeout { get; init; } = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
}
