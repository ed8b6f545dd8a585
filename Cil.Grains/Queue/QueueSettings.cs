using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cil.Grains.Queue;

/// <summary>The stored part of the queue: pauses, shares and measured memory. Each change is stored before it is answered.</summary>
internal sealed partial class QueueSettings(IGrainBase grain, IPersistentState<QueueState> stored, TicketQueue work, ILogger logger)
{
    // Names that nobody has would otherwise be stored without end.
    private const int MostPaused = 1000;

    /// <summary>Makes the queue follow what is stored.</summary>
    internal void Apply()
    {
        work.IsPaused = stored.State.IsPaused;
        foreach (string name in work.Tenants.Select(tenant => tenant.Name).Concat(stored.State.PausedTenants)
            .Concat(stored.State.Shares.Keys).ToHashSet())
        {
            work.Pause(name, stored.State.PausedTenants.Contains(name));
            work.SetShare(name, stored.State.Shares.GetValueOrDefault(name, 1));
        }
    }

    /// <param name="tenant">Null for the whole queue.</param>
    /// <returns>Whether that changed anything.</returns>
    internal async Task<bool> SetPausedAsync(string? tenant, bool isPaused)
    {
        if ((tenant is null ? stored.State.IsPaused : stored.State.PausedTenants.Contains(tenant)) == isPaused) return false;
        if (tenant is not null && isPaused && stored.State.PausedTenants.Count >= MostPaused)
            throw new ArgumentException($"{MostPaused} tenants are paused, as many as may be; unpause one first", nameof(tenant));
        if (tenant is null) stored.State.IsPaused = isPaused;
        else if (isPaused) _ = stored.State.PausedTenants.Add(tenant);
        else _ = stored.State.PausedTenants.Remove(tenant);
        await StoreAsync();
        return true;
    }

    /// <summary>Models that nothing is handed out of.</summary>
    internal IReadOnlySet<string> PausedModels => stored.State.PausedModels;

    /// <returns>Whether that changed anything.</returns>
    internal async Task<bool> SetModelPausedAsync(string model, bool isPaused)
    {
        if (PausedModels.Contains(model) == isPaused) return false;
        if (isPaused && PausedModels.Count >= MostPaused)
            throw new ArgumentException($"{MostPaused} models are paused, as many as may be; unpause one first", nameof(model));
        _ = isPaused ? stored.State.PausedModels.Add(model) : stored.State.PausedModels.Remove(model);
        await StoreAsync();
        return true;
    }

    internal Task SetShareAsync(string tenant, double share)
    {
        if (!double.IsFinite(share) || share <= 0) throw new ArgumentOutOfRangeException(nameof(share), share, "a number above 0");
        stored.State.Shares[tenant] = share;
        return StoreAsync();
    }

    /// <summary>Device memory that work of a kind took at most, in bytes; 0 where none was measured.</summary>
    internal long Memory(string kind) => stored.State.MemoryPeaks.GetValueOrDefault(kind);

    internal Task AddMemoryAsync(string kind, long bytes)
    {
        if (bytes <= Memory(kind)) return Task.CompletedTask;
        stored.State.MemoryPeaks[kind] = bytes;
        return StoreAsync();
    }

    // When storage fails, memory is made again what storage has, or the activation ends.
    private async Task StoreAsync()
    {
        try
        {
            await stored.WriteStateAsync();
        }
        catch (Exception error)
        {
            LogNotStored(error);
            try
            {
                await stored.ReadStateAsync();
            }
            catch (Exception again) when (again is not OutOfMemoryException)
            {
                grain.DeactivateOnIdle();
            }

            Apply();
            throw;
        }

        Apply();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Queue: a setting could not be stored; it stays as it was")]
    private partial void LogNotStored(Exception error);
}
