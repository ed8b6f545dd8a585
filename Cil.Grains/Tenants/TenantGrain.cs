using System.Globalization;
using Cil.Grains.Blobs;
using Cil.Grains.Placement;
using Cil.Interfaces.Tenants;
using Orleans.Runtime;

namespace Cil.Grains.Tenants;

/// <summary>
/// Keeps one tenant's quotas and accounts. Quotas are stored at once; accounts some seconds later, since each chunk changes them.
/// </summary>
[CoordinatorPlacement]
internal sealed class TenantGrain(
    [PersistentState("tenant", BlobGrainStorage.Provider)] IPersistentState<TenantState> stored, TimeProvider clock) : Grain, ITenantGrain
{
    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(10), StorageRetry = TimeSpan.FromMinutes(1);

    private IGrainTimer? writing;

    private TenantState State => stored.State;

    private string Name => this.GetPrimaryKeyString();

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (writing is not null) await stored.WriteStateAsync(cancellationToken);
    }

    public Task<TenantSnapshot> GetAsync()
    {
        Turn();
        return Task.FromResult(
            new TenantSnapshot(Name, State.Quota, State.DeviceSeconds, State.StoredBytes) { DeviceSecondsThisMonth = State.MonthSeconds });
    }

    public async Task<TenantSnapshot> SetQuotaAsync(TenantQuota quota)
    {
        State.Quota = quota;
        await stored.WriteStateAsync();
        return await GetAsync();
    }

    public Task<TenantAdmission> AdmitAsync(long work)
    {
        Turn();
        TenantQuota quota = State.Quota;
        return Task.FromResult<TenantAdmission>(quota switch
        {
            { JobWork: { } most } when work > most => new TenantAdmission.TooLarge(
                Text($"a job of {Name} has at most {most} pixels times steps, got {work}: fewer frames, steps or pixels are less")),
            { Until: { } until } when until <= clock.GetUtcNow() => new TenantAdmission.UsedUp(
                Text($"jobs of {Name} are accepted until {until:u}"), UntilTomorrow()),
            { DeviceSecondsPerMonth: { } most } when State.MonthSeconds >= most => new TenantAdmission.UsedUp(
                Text($"{Name} has used {State.MonthSeconds:F0} of {most:F0} s of devices this month"), UntilNextMonth()),
            { DeviceSecondsPerDay: { } most } when State.DeviceSeconds >= most => new TenantAdmission.UsedUp(
                Text($"{Name} has used {State.DeviceSeconds:F0} of {most:F0} s of devices today"), UntilTomorrow()),
            { StoredBytes: { } most } when State.StoredBytes >= most => new TenantAdmission.UsedUp(
                Text($"{Name} stores {State.StoredBytes} of {most} bytes: delete jobs"), StorageRetry),
            _ => new TenantAdmission.Allowed(quota.WaitingJobs),
        });
    }

    public Task ChargeAsync(TimeSpan used)
    {
        Turn();
        State.DeviceSeconds += used.TotalSeconds;
        State.MonthSeconds += used.TotalSeconds;
        WriteLater();
        return Task.CompletedTask;
    }

    public Task StoreAsync(long bytes)
    {
        State.StoredBytes = Math.Max(0, State.StoredBytes + bytes);
        WriteLater();
        return Task.CompletedTask;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private TimeSpan UntilTomorrow()
    {
        DateTimeOffset now = clock.GetUtcNow();
        return now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
    }

    private TimeSpan UntilNextMonth()
    {
        DateTime now = clock.GetUtcNow().UtcDateTime;
        return new DateTime(now.Year, now.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1) - now;
    }

    // A new day, or month, begins with nothing used.
    private void Turn()
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (State.Day == today) return;
        if (State.Day.Year != today.Year || State.Day.Month != today.Month) State.MonthSeconds = 0;
        (State.Day, State.DeviceSeconds) = (today, 0);
    }

    private void WriteLater() => writing ??= this.RegisterGrainTimer(
        WriteAsync, new GrainTimerCreationOptions(WriteInterval, WriteInterval) { KeepAlive = true });

    private async Task WriteAsync()
    {
        writing?.Dispose();
        writing = null;
        await stored.WriteStateAsync();
    }
}
