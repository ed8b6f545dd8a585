using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Timers;

internal sealed class ReminderRegistry(Silo silo, TimeProvider time, IOptions<ReminderOptions> options) : IReminderRegistry
{
    public Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrEmpty(reminderName);
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        if (period < options.Value.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"Cannot register reminder {reminderName}: its period {period} is shorter than the least, {options.Value.MinimumReminderPeriod} ({nameof(ReminderOptions)}.{nameof(ReminderOptions.MinimumReminderPeriod)}).",
                nameof(period));
        }

        if (!typeof(IRemindable).IsAssignableFrom(GrainClasses.Named(callingGrainId.Type).Type))
        {
            throw new InvalidOperationException($"Cannot register reminder {reminderName}: the class of grain {callingGrainId} does not implement {nameof(IRemindable)}.");
        }

        return Task.FromResult<IGrainReminder>(silo.Cluster.Reminders.Set(callingGrainId, reminderName, dueTime, period, time));
    }

    public Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        return silo.Cluster.Reminders.Remove(callingGrainId, reminder)
            ? Task.CompletedTask
            : throw new ReminderException($"Reminder {reminder.ReminderName} of grain {callingGrainId} is not registered any more.");
    }

    public Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName)
    {
        ArgumentException.ThrowIfNullOrEmpty(reminderName);
        return Task.FromResult(silo.Cluster.Reminders.Find(callingGrainId, reminderName));
    }

    public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) => Task.FromResult(silo.Cluster.Reminders.Of(callingGrainId));
}
