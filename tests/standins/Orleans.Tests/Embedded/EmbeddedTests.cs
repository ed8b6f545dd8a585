using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Tests.Cluster;
using Orleans.Tests.Reminders;

namespace Orleans.Tests.Embedded;

/// <summary>What only the embedded engine does: all of its time is the host's clock, and it serves one process.</summary>
public sealed class EmbeddedTests : IAsyncLifetime
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Gates _gates = new();
    private readonly FakeTimeProvider _clock = new();
    private TestCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync(2, silo =>
    {
        silo.Services.AddSingleton(_gates);
        silo.Services.AddSingleton<TimeProvider>(_clock);
        silo.UseInMemoryReminderService();
    });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Reminder_OfAGrainWhoseSiloIsLost_GoesOnElsewhere()
    {
        IRemindedGrain grain = await OnTheSecondAsync();
        await grain.Set("first", Period, Period);

        await _cluster.KillAsync(1);
        _clock.Advance(Period);

        await _gates.Passed($"{grain.GetPrimaryKeyString()}: first every {Period}");
        Assert.Equal(_cluster.AddressOf(0).ToParsableString(), await grain.Where());
    }

    [Fact]
    public async Task Silo_WhosePrimaryIsInAnotherProcess_IsRefused()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(1, 2, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 3)));
        using IHost host = builder.Build();

        var error = await Assert.ThrowsAsync<OrleansConfigurationException>(() => host.StartAsync());

        Assert.Contains("127.0.0.1:3 is not in this process", error.Message, StringComparison.Ordinal);
        Assert.Contains("Microsoft.Orleans", error.Message, StringComparison.Ordinal);
    }

    private async Task<IRemindedGrain> OnTheSecondAsync()
    {
        string second = _cluster.AddressOf(1).ToParsableString();
        for (int i = 0; ; i++)
        {
            IRemindedGrain grain = _cluster.Grains.GetGrain<IRemindedGrain>($"{i}");
            if (await grain.Where() == second) return grain;
        }
    }
}
