using Orleans.Runtime;

namespace Orleans;

/// <summary>A grain that reminders can wake.</summary>
public interface IRemindable : IGrain
{
    /// <summary>A reminder is due; the grain is activated for it if it was not active.</summary>
    Task ReceiveReminder(string reminderName, TickStatus status);
}
