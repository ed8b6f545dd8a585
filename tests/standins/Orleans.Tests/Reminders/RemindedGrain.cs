using Orleans.Runtime;
using Orleans.Tests.Cluster;

namespace Orleans.Tests.Reminders;

public sealed class RemindedGrain(Gates gates, ILocalSiloDetails silo) : Grain, IRemindedGrain, IRemindable
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        gates.Record($"{this.GetPrimaryKeyString()} begins");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        gates.Record($"{this.GetPrimaryKeyString()} ends");
        return Task.CompletedTask;
    }

    public Task Set(string name, TimeSpan dueTime, TimeSpan period) => this.RegisterOrUpdateReminder(name, dueTime, period);

    public async Task Remove(string name)
    {
        if (await this.GetReminder(name) is { } reminder) await this.UnregisterReminder(reminder);
    }

    public async Task<List<string>> Names() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName).Order()];

    public async Task<bool> Has(string name) => await this.GetReminder(name) is not null;

    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        gates.Record($"{this.GetPrimaryKeyString()}: {reminderName} every {status.Period}");
        return Task.CompletedTask;
    }
}
