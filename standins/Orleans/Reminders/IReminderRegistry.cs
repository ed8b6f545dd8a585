using Orleans.Runtime;

namespace Orleans.Timers;

/// <summary>Registers reminders of grains.</summary>
public interface IReminderRegistry
{
    /// <inheritdoc cref="GrainReminderExtensions.RegisterOrUpdateReminder(IGrainBase, string, TimeSpan, TimeSpan)"/>
    Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period);

    /// <inheritdoc cref="GrainReminderExtensions.UnregisterReminder(IGrainBase, IGrainReminder)"/>
    Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder);

    /// <inheritdoc cref="GrainReminderExtensions.GetReminder(IGrainBase, string)"/>
    Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName);

    /// <inheritdoc cref="GrainReminderExtensions.GetReminders(IGrainBase)"/>
    Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId);
}
