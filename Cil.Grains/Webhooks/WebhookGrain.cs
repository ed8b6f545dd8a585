using System.Security.Cryptography;
using Cil.Grains.Blobs;
using Cil.Grains.Diagnostics;
using Cil.Grains.Placement;
using Cil.Interfaces;
using Cil.Interfaces.Webhooks;
using Cil.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Cil.Grains.Webhooks;

/// <summary>
/// Keeps one tenant's endpoints and delivers its events. An event is in storage before its job counts as told; whoever loses this
/// grain finds the tenant's mark, and the next activation goes on with what is stored.
/// </summary>
[CoordinatorPlacement]
internal sealed class WebhookGrain(
    [PersistentState("webhooks", BlobGrainStorage.Provider)] IPersistentState<WebhookState> stored,
    IBlobStore blobs,
    IWebhookSender sender,
    IOptions<WebhookOptions> options,
    GridInstruments instruments,
    TimeProvider clock,
    ILogger<WebhookGrain> logger) : Grain, IWebhookGrain
{
    private const string IdPrefix = "whe_", ExamplePrefix = "evt_test_";
    private const int IdDigits = 32;

    private static readonly TimeSpan OldSecretLifetime = TimeSpan.FromHours(24);

    // Endpoints change in turns and when one of them answers that it is gone: one write after the other.
    private Task writing = Task.CompletedTask;
    private WebhookOutbox outbox = null!;
    private WebhookDispatcher dispatcher = null!;

    private string Tenant => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        outbox = new WebhookOutbox(Tenant, blobs, options.Value.KeptDeliveries, logger);
        dispatcher = new WebhookDispatcher(this, Tenant, outbox, sender, Find, DisableAsync, instruments, clock, logger);
        foreach ((string endpoint, string name, WebhookDelivery delivery) in await outbox.LoadAsync())
        {
            if (Find(endpoint) is null) await outbox.DeletePendingAsync(endpoint, name);
            else dispatcher.Add(endpoint, name, delivery.NextAttemptAt ?? delivery.Event.CreatedAt);
        }

        dispatcher.Pump();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        dispatcher.Stop();
        return Task.CompletedTask;
    }

    public async Task<WebhookAnswer> CreateAsync(WebhookSettings settings)
    {
        if (WebhookSettingsValidator.Errors(settings, isNew: true, sender) is { Count: > 0 } errors)
            return new WebhookAnswer.Refused(errors);
        if (stored.State.Endpoints.Count >= options.Value.MaxEndpoints) return new WebhookAnswer.TooMany(options.Value.MaxEndpoints);
        DateTimeOffset now = clock.GetUtcNow();
        var endpoint = new StoredEndpoint
        {
            Id = $"{IdPrefix}{RandomNumberGenerator.GetHexString(IdDigits, lowercase: true)}",
            Name = settings.Name!,
            Url = settings.Url!,
            EventTypes = [.. settings.EventTypes!.Distinct(StringComparer.Ordinal)],
            Secret = WebhookSignature.NewSecret(),
            CreatedAt = now,
            UpdatedAt = now,
        };
        await SaveAsync(all => [.. all, endpoint]);
        return new WebhookAnswer.Done(endpoint.ToMessage(), endpoint.Secret);
    }

    public Task<IReadOnlyList<RequestError>> CheckAsync(WebhookSettings settings, bool isNew) =>
        Task.FromResult(WebhookSettingsValidator.Errors(settings, isNew, sender));

    public Task<IReadOnlyList<WebhookEndpoint>> ListAsync() =>
        Task.FromResult<IReadOnlyList<WebhookEndpoint>>([.. stored.State.Endpoints.Reverse().Select(endpoint => endpoint.ToMessage())]);

    public async Task<WebhookAnswer> UpdateAsync(string endpoint, WebhookSettings change)
    {
        if (Find(endpoint) is not { } known) return new WebhookAnswer.NotThere();
        if (WebhookSettingsValidator.Errors(change, isNew: false, sender) is { Count: > 0 } errors)
            return new WebhookAnswer.Refused(errors);
        IReadOnlyList<string> types = change.EventTypes is { } given ? [.. given.Distinct(StringComparer.Ordinal)] : known.EventTypes;
        StoredEndpoint changed = known with
        {
            Name = change.Name ?? known.Name,
            Url = change.Url ?? known.Url,
            EventTypes = types,
            DisabledAt = change.Url is null ? known.DisabledAt : null,
        };
        bool isSame = changed with { EventTypes = known.EventTypes } == known && types.SequenceEqual(known.EventTypes);
        if (!isSame) await ReplaceAsync(changed with { UpdatedAt = clock.GetUtcNow() });
        return new WebhookAnswer.Done(Find(endpoint)!.ToMessage(), Secret: null);
    }

    public async Task<bool> DeleteAsync(string endpoint)
    {
        if (Find(endpoint) is null) return false;
        await SaveAsync(all => [.. all.Where(other => other.Id != endpoint)]);
        dispatcher.Remove(endpoint);
        await outbox.DeleteAllAsync(endpoint);
        return true;
    }

    public async Task<WebhookAnswer> RotateSecretAsync(string endpoint, bool keepOld)
    {
        if (Find(endpoint) is not { } known) return new WebhookAnswer.NotThere();
        DateTimeOffset now = clock.GetUtcNow();
        StoredEndpoint changed = known with
        {
            Secret = WebhookSignature.NewSecret(),
            OldSecret = keepOld ? known.Secret : null,
            OldSecretUntil = keepOld ? now + OldSecretLifetime : default,
            UpdatedAt = now,
        };
        await ReplaceAsync(changed);
        return new WebhookAnswer.Done(changed.ToMessage(), changed.Secret);
    }

    public async Task<WebhookAttempt?> TestAsync(string endpoint, string type)
    {
        if (Find(endpoint) is not { } known) return null;
        string id = RandomNumberGenerator.GetHexString(IdDigits, lowercase: true);
        var example = new WebhookEvent
        {
            Id = $"{ExamplePrefix}{id}", Type = type, Job = new RenderJobId("video_test"), CreatedAt = clock.GetUtcNow(),
        };
        return (await dispatcher.SendAsync(known, example)).Attempt;
    }

    public async Task<IReadOnlyList<WebhookDelivery>?> DeliveriesAsync(string endpoint) =>
        Find(endpoint) is null ? null : [.. (await outbox.LastAsync(endpoint)).Select(last => last.Delivery)];

    public async Task<WebhookDelivery?> ResendAsync(string endpoint, string eventId)
    {
        if (Find(endpoint) is null) return null;
        if ((await outbox.LastAsync(endpoint))
            .FirstOrDefault(one => one.Delivery.Event.Id == eventId) is not (string name, WebhookDelivery delivery))
        {
            return null;
        }

        if (dispatcher.IsInFlight(endpoint, name)) return delivery;
        DateTimeOffset now = clock.GetUtcNow();
        delivery = delivery with { State = WebhookDeliveryState.Pending, Attempts = [], NextAttemptAt = now };
        await outbox.RestartAsync(endpoint, name, delivery);
        dispatcher.Add(endpoint, name, now);
        dispatcher.Pump();
        return delivery;
    }

    public async Task NotifyAsync(WebhookEvent what)
    {
        foreach (StoredEndpoint endpoint in stored.State.Endpoints.Where(
            endpoint => endpoint.DisabledAt is null && endpoint.EventTypes.Contains(what.Type)))
        {
            if (await outbox.AddAsync(endpoint.Id, what) is { } name) dispatcher.Add(endpoint.Id, name, what.CreatedAt);
        }

        dispatcher.Pump();
    }

    public async Task<bool> ResumeAsync()
    {
        // In a turn: no event is being stored meanwhile.
        if (dispatcher.IsEmpty) await outbox.UnmarkAsync();
        else dispatcher.Pump();
        return !dispatcher.IsEmpty;
    }

    private StoredEndpoint? Find(string endpoint) => stored.State.Endpoints.FirstOrDefault(one => one.Id == endpoint);

    private async Task DisableAsync(string endpoint)
    {
        if (Find(endpoint) is { DisabledAt: null } known) await ReplaceAsync(known with { DisabledAt = clock.GetUtcNow() });
    }

    private Task ReplaceAsync(StoredEndpoint changed) =>
        SaveAsync(all => [.. all.Select(other => other.Id == changed.Id ? changed : other)]);

    private Task SaveAsync(Func<IReadOnlyList<StoredEndpoint>, IReadOnlyList<StoredEndpoint>> change) =>
        writing = SaveAsync(change, writing);

    private async Task SaveAsync(Func<IReadOnlyList<StoredEndpoint>, IReadOnlyList<StoredEndpoint>> change, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        IReadOnlyList<StoredEndpoint> known = stored.State.Endpoints;
        try
        {
            stored.State.Endpoints = change(known);
            await stored.WriteStateAsync();
        }
        catch
        {
            // Nobody knows what is stored: the next activation reads it.
            stored.State.Endpoints = known;
            DeactivateOnIdle();
            throw;
        }
    }
}
