using System.Text.Json;
using Cil.Grains.Blobs;
using Cil.Interfaces.Webhooks;
using Cil.Storage;
using Microsoft.Extensions.Logging;

namespace Cil.Grains.Webhooks;

/// <summary>
/// A tenant's deliveries in storage, one blob each: those that are to be sent, and the last ones that have ended. A mark says that
/// the tenant has some to be sent, so that they are found after a loss without reading all tenants.
/// </summary>
internal sealed partial class WebhookOutbox(string tenant, IBlobStore blobs, int kept, ILogger logger)
{
    // Blobs that are read at the same time.
    private const int AtOnce = 32;

    private bool isMarked;

    /// <summary>Stores an event for an endpoint; what is stored already, or has ended, stays as it is.</summary>
    /// <returns>The delivery's name; null where it has ended.</returns>
    internal async Task<string?> AddAsync(string endpoint, WebhookEvent what)
    {
        string name = BlobNames.WebhookDelivery(what.CreatedAt, what.Id);
        if (await blobs.GetAsync(Ended(endpoint, name), new BlobRange(0, 0)) is not null) return null;
        await MarkAsync();
        if (await blobs.GetAsync(Pending(endpoint, name), new BlobRange(0, 0)) is null)
            await PutAsync(endpoint, name, new WebhookDelivery { Event = what, NextAttemptAt = what.CreatedAt });
        return name;
    }

    /// <summary>Stores that there is something to be sent.</summary>
    internal async Task MarkAsync()
    {
        if (isMarked) return;
        _ = await blobs.PutAsync(BlobNames.Unsent(tenant), ReadOnlyMemory<byte>.Empty);
        isMarked = true;
    }

    internal async Task UnmarkAsync()
    {
        _ = await blobs.DeleteAsync(BlobNames.Unsent(tenant));
        isMarked = false;
    }

    /// <summary>Stores a delivery that is to be tried again.</summary>
    internal Task PutAsync(string endpoint, string name, WebhookDelivery delivery) =>
        blobs.PutAsync(Pending(endpoint, name), Write(delivery));

    /// <summary>Stores a delivery that has ended; the oldest of them are deleted.</summary>
    internal async Task EndAsync(string endpoint, string name, WebhookDelivery delivery)
    {
        _ = await blobs.PutAsync(Ended(endpoint, name), Write(delivery));
        _ = await blobs.DeleteAsync(Pending(endpoint, name));
        List<string> all = await NamesAsync(Ended(endpoint, ""));
        // Names begin with their time.
        foreach (string old in all.Order(StringComparer.Ordinal).SkipLast(kept)) _ = await blobs.DeleteAsync(Ended(endpoint, old));
    }

    /// <summary>Makes a delivery one that is to be sent, with no attempt yet.</summary>
    internal async Task RestartAsync(string endpoint, string name, WebhookDelivery delivery)
    {
        await MarkAsync();
        await PutAsync(endpoint, name, delivery);
        _ = await blobs.DeleteAsync(Ended(endpoint, name));
    }

    internal Task DeletePendingAsync(string endpoint, string name) => blobs.DeleteAsync(Pending(endpoint, name));

    /// <summary>Deletes every delivery to an endpoint.</summary>
    internal async Task DeleteAllAsync(string endpoint)
    {
        foreach (string folder in (string[])[Pending(endpoint, ""), Ended(endpoint, "")])
            foreach (string name in await NamesAsync(folder)) _ = await blobs.DeleteAsync($"{folder}{name}");
    }

    /// <summary>A delivery that is to be sent; null where it is not there, or damaged.</summary>
    internal Task<WebhookDelivery?> ReadAsync(string endpoint, string name) => ReadAsync(Pending(endpoint, name));

    /// <summary>All that is to be sent.</summary>
    internal async Task<IReadOnlyList<(string Endpoint, string Name, WebhookDelivery Delivery)>> LoadAsync()
    {
        string folder = BlobNames.WebhooksPending(tenant);
        var found = new List<(string, string, WebhookDelivery)>();
        foreach (string[] some in (await NamesAsync(folder)).Chunk(AtOnce))
        {
            WebhookDelivery?[] read = await Task.WhenAll(some.Select(name => ReadAsync($"{folder}{name}")));
            foreach ((string name, WebhookDelivery? delivery) in some.Zip(read))
                if (delivery is not null && name.Split('/') is [var endpoint, var own]) found.Add((endpoint, own, delivery));
        }

        return found;
    }

    /// <summary>The last deliveries to an endpoint, the newest first, with their names.</summary>
    internal async Task<IReadOnlyList<(string Name, WebhookDelivery Delivery)>> LastAsync(string endpoint)
    {
        IEnumerable<(string Name, string Blob)> pending = (await NamesAsync(Pending(endpoint, "")))
            .Select(name => (name, Pending(endpoint, name)));
        IEnumerable<(string Name, string Blob)> ended = (await NamesAsync(Ended(endpoint, "")))
            .Select(name => (name, Ended(endpoint, name)));
        // One that is in both has been ended by an activation that was lost before it took it out of the first.
        (string Name, string Blob)[] last =
            [.. pending.Concat(ended).DistinctBy(one => one.Name).OrderByDescending(one => one.Name, StringComparer.Ordinal).Take(kept)];
        var found = new List<(string, WebhookDelivery)>();
        foreach ((string Name, string Blob)[] some in last.Chunk(AtOnce))
        {
            WebhookDelivery?[] read = await Task.WhenAll(some.Select(one => ReadAsync(one.Blob)));
            found.AddRange(some.Zip(read).Where(pair => pair.Second is not null).Select(pair => (pair.First.Name, pair.Second!)));
        }

        return found;
    }

    private static byte[] Write(WebhookDelivery delivery) => StateChecksum.Add(JsonSerializer.SerializeToUtf8Bytes(delivery));

    private string Pending(string endpoint, string name) => $"{BlobNames.WebhooksPending(tenant)}{endpoint}/{name}";

    private string Ended(string endpoint, string name) => $"{BlobNames.WebhooksEnded(tenant)}{endpoint}/{name}";

    private async Task<List<string>> NamesAsync(string folder)
    {
        var names = new List<string>();
        await foreach (string name in blobs.ListAsync(folder)) names.Add(name[folder.Length..]);
        return names;
    }

    private async Task<WebhookDelivery?> ReadAsync(string blob)
    {
        if (await blobs.GetAsync(blob) is not { } found) return null;
        try
        {
            if (StateChecksum.Holds(found.Content.Span)
                && JsonSerializer.Deserialize<WebhookDelivery>(found.Content.Span) is { Event: not null, Attempts: not null } delivery)
            {
                return delivery;
            }

            LogDamaged(blob, "its checksum does not hold, or a part is missing");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            LogDamaged(blob, error.Message);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Blob} is damaged: {Reason}; this delivery is lost, the others go on")]
    private partial void LogDamaged(string blob, string reason);
}
