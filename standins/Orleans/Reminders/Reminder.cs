namespace Orleans.Runtime;

/// <summary>One grain's reminder: it belongs to the cluster, so it outlives the activation and the silo that made it.</summary>
internal sealed class Reminder : IGrainReminder, IDisposable
{
    private readonly EmbeddedCluster _cluster;
    private readonly GrainId _grain;
    private readonly TimeProvider _time;
    private readonly DateTime _first;
    private readonly TimeSpan _period;
    private readonly ITimer _timer;

    internal Reminder(EmbeddedCluster cluster, GrainId grain, string name, TimeSpan dueTime, TimeSpan period, TimeProvider time)
    {
        _cluster = cluster;
        _grain = grain;
        _time = time;
        _period = period;
        _first = time.GetUtcNow().UtcDateTime + dueTime;
        ReminderName = name;

        // The clock's thread must not carry the request context of whoever made the reminder.
        using (ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(static state => _ = ((Reminder)state!).TickAsync(), this, dueTime, period);
        }
    }

    public string ReminderName { get; }

    public void Dispose() => _timer.Dispose();

    // As the original: a tick that fails or finds no silo is not repeated, the next one comes after the period.
    private async Task TickAsync()
    {
        if (_cluster.ActiveSilos().FirstOrDefault() is { } silo)
        {
            var grain = silo.GrainFactory.GetGrain<IRemindable>(_grain);
            await grain.ReceiveReminder(ReminderName, new TickStatus(_first, _period, _time.GetUtcNow().UtcDateTime)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
