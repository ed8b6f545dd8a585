namespace Orleans.Runtime;

/// <summary>The reminders of a cluster's grains.</summary>
internal sealed class ReminderTable(EmbeddedCluster cluster)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(GrainId Grain, string Name), Reminder> _reminders = [];

    internal Reminder Set(GrainId grain, string name, TimeSpan dueTime, TimeSpan period, TimeProvider time)
    {
        lock (_gate)
        {
            if (_reminders.TryGetValue((grain, name), out var old)) old.Dispose();
            return _reminders[(grain, name)] = new Reminder(cluster, grain, name, dueTime, period, time);
        }
    }

    internal IGrainReminder? Find(GrainId grain, string name)
    {
        lock (_gate)
        {
            return _reminders.GetValueOrDefault((grain, name));
        }
    }

    internal List<IGrainReminder> Of(GrainId grain)
    {
        lock (_gate)
        {
            return [.. _reminders.Where(entry => entry.Key.Grain == grain).Select(entry => entry.Value)];
        }
    }

    /// <summary>False when there is no such reminder, or when it was registered anew since.</summary>
    internal bool Remove(GrainId grain, IGrainReminder reminder)
    {
        lock (_gate)
        {
            if (_reminders.GetValueOrDefault((grain, reminder.ReminderName)) != reminder) return false;
            _ = _reminders.Remove((grain, reminder.ReminderName), out var removed);
            removed!.Dispose();
            return true;
        }
    }

    /// <summary>The cluster has no silo left: what it remembered in memory is gone.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            foreach (var reminder in _reminders.Values) reminder.Dispose();
            _reminders.Clear();
        }
    }
}
