using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Timers;

namespace Orleans.Hosting;

/// <summary>Adds reminders that live in the cluster's memory.</summary>
public static class SiloBuilderReminderMemoryExtensions
{
    /// <summary>Reminders live as long as the cluster has a silo.</summary>
    public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder)
    {
        builder.Services.TryAddSingleton<IReminderRegistry, ReminderRegistry>();
        return builder;
    }
}
