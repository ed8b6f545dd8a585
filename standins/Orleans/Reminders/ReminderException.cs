namespace Orleans.Runtime;

/// <summary>A reminder that cannot be done as asked.</summary>
public sealed class ReminderException(string message) : OrleansException(message);
