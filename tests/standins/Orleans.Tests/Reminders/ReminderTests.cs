using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Tests.Cluster;

namespace Orleans.Tests.Reminders;

/// <summary>Reminders: timers that outlive the activation which registered them.</summary>
public sealed class ReminderTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50), Later = TimeSpan.FromHours(1), Period = TimeSpan.FromMinutes(1);

    private readonly Gates _gates = new();
    private TestCluster _cluster = null!;

    private IRemindedGrain Grain => _cluster.Grains.GetGrain<IRemindedGrain>("g");

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync(1, silo =>
    {
        silo.Services.AddSingleton(_gates);
        silo.UseInMemoryReminderService();
    });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Reminder_WakesItsGrainAfterTheActivationThatSetItHasEnded()
    {
        await Grain.Set("wake", TimeSpan.FromMilliseconds(500), Period);
        await Grain.End();

        await _gates.Passed("g: wake every 00:01:00");

        Assert.Equal(["g begins", "g ends", "g begins", "g: wake every 00:01:00"], _gates.Events);
    }

    [Fact]
    public async Task Reminders_AreListedAndRemovedByName()
    {
        await Grain.Set("one", Later, Period);
        await Grain.Set("two", Later, Period);
        Assert.Equal(["one", "two"], await Grain.Names());

        await Grain.Remove("one");

        Assert.Equal(["two"], await Grain.Names());
        Assert.False(await Grain.Has("one"));
        Assert.True(await Grain.Has("two"));
    }

    [Fact]
    public async Task Reminder_RegisteredAgain_TakesTheNewTimes()
    {
        await Grain.Set("wake", Later, Later);

        await Grain.Set("wake", Soon, Period);

        await _gates.Passed("g: wake every 00:01:00");
        Assert.Equal(["wake"], await Grain.Names());
    }

    [Fact]
    public async Task Reminder_MoreOftenThanAllowed_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => Grain.Set("wake", Soon, TimeSpan.FromSeconds(1)));

        Assert.Contains("00:00:01", error.Message, StringComparison.Ordinal);
        Assert.Contains("00:01:00", error.Message, StringComparison.Ordinal);
    }
}
