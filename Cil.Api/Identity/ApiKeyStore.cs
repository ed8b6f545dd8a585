using System.Collections.Concurrent;
using System.Text.Json;
using Cil.Client.Contracts;
using Cil.Storage;

namespace Cil.Api.Identity;

/// <summary>The keys, one blob each. What was read is believed for some seconds: so long a key that is revoked is still taken.</summary>
public sealed class ApiKeyStore(IBlobStore blobs, TimeProvider clock)
{
    /// <summary>Live keys of one tenant: the old one and its successor, while programs are changed over.</summary>
    public const int MostLive = 2;

    private const string Folder = "keys/", Ending = ".json";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (ApiKey Key, long ReadAt)> known = new(StringComparer.Ordinal);
    private (bool Any, long ReadAt)? any;

    /// <summary>Makes a key. Only now can it be seen.</summary>
    /// <exception cref="InvalidOperationException">The tenant has two live ones.</exception>
    public async Task<ApiKeyText> CreateAsync(
        string tenant, string name, IReadOnlyList<string> scopes, CancellationToken cancellationToken = default)
    {
        int live = (await ListAsync(cancellationToken)).Count(key => key.Tenant == tenant && key.RevokedAt is null);
        if (live >= MostLive) throw new InvalidOperationException($"{tenant} has {live} live keys, as many as may; revoke one first");
        var text = ApiKeyText.New();
        var key = new ApiKey(text.Id, tenant, name, scopes, text.Hash(), clock.GetUtcNow(), RevokedAt: null);
        _ = await blobs.PutAsync(Name(key.Id), Write(key), BlobCondition.Absent, cancellationToken);
        any = null;
        return text;
    }

    /// <summary>All keys, also those that are revoked.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken = default)
    {
        var keys = new List<ApiKey>();
        await foreach (string name in blobs.ListAsync(Folder, cancellationToken))
            if (await ReadAsync(name, cancellationToken) is { } key) keys.Add(key);
        return keys;
    }

    /// <summary>Takes a key out of use.</summary>
    /// <returns>The key; null when there is none of that id.</returns>
    public async Task<ApiKey?> RevokeAsync(string id, CancellationToken cancellationToken = default)
    {
        if (!IsId(id) || await ReadAsync(Name(id), cancellationToken) is not { } key) return null;
        if (key.RevokedAt is not null) return key;
        key = key with { RevokedAt = clock.GetUtcNow() };
        _ = await blobs.PutAsync(Name(id), Write(key), cancellationToken: cancellationToken);
        _ = known.TryRemove(id, out _);
        return key;
    }

    /// <summary>The live key that a text is; null for any other text.</summary>
    internal async Task<ApiKey?> FindAsync(ApiKeyText text, CancellationToken cancellationToken)
    {
        ApiKey? key;
        if (known.TryGetValue(text.Id, out (ApiKey Key, long ReadAt) read) && clock.GetElapsedTime(read.ReadAt) < Fresh) key = read.Key;
        else if ((key = await ReadAsync(Name(text.Id), cancellationToken)) is not null) known[text.Id] = (key, clock.GetTimestamp());
        else _ = known.TryRemove(text.Id, out _);
        return key is { RevokedAt: null } && text.Is(key.Hash) ? key : null;
    }

    /// <summary>
    /// Whether there are keys, revoked ones among them: a service that has had some is not open because the last one is gone.
    /// </summary>
    public async Task<bool> AnyAsync(CancellationToken cancellationToken = default)
    {
        if (any is { Any: var known, ReadAt: var readAt } && (known || clock.GetElapsedTime(readAt) < Fresh)) return known;
        bool found = false;
        await foreach (string _ in blobs.ListAsync(Folder, cancellationToken))
        {
            found = true;
            break;
        }

        any = (found, clock.GetTimestamp());
        return found;
    }

    private static bool IsId(string id) => id.Length > 0 && id.All(char.IsAsciiHexDigitLower);

    private static string Name(string id) => $"{Folder}{id}{Ending}";

    private static byte[] Write(ApiKey key) => JsonSerializer.SerializeToUtf8Bytes(key, ApiJson.Options);

    // A damaged one is none.
    private async Task<ApiKey?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (await blobs.GetAsync(name, cancellationToken: cancellationToken) is not { } blob) return null;
        try
        {
            return JsonSerializer.Deserialize<ApiKey>(
                blob.Content.Span, ApiJson.Options) is { Hash: not null, Tenant: not null, Scopes: not null } key
                ? key
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
