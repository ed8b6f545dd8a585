using System.Text.Json;
using Cil.Grains.Versions;
using Cil.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace Cil.Grains.Blobs;

/// <summary>
/// Grain state as JSON blobs with a checksum, guarded by their ETags. Damaged state does not keep its grain from being
/// called: <see cref="IDamageable"/> state is handed out marked as damaged, and its blob stays as it is; other state can be
/// recreated, so its blob is renamed and the grain begins anew.
/// </summary>
public sealed partial class BlobGrainStorage(
    IBlobStore blobs, IClusterFormat format, ILogger<BlobGrainStorage> logger) : IGrainStorage
{
    /// <summary>The name that grains ask for.</summary>
    public const string Provider = "cil";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        string name = Name(stateName, grainId);
        Blob? blob;
        try
        {
            blob = await blobs.GetAsync(name);
        }
        catch (UnauthorizedAccessException unreadable) when (Damaged<T>(unreadable.Message) is { } state)
        {
            // Another's file, or a folder.
            (grainState.State, grainState.RecordExists, grainState.ETag) = (state, true, "unreadable");
            return;
        }

        if (blob is null)
        {
            Clear(grainState);
            return;
        }

        (T? read, string? damage) = Read<T>(blob);
        if (damage is null)
        {
            (grainState.State, grainState.RecordExists, grainState.ETag) = (read!, true, blob.ETag);
        }
        else if (Damaged<T>(damage) is { } state)
        {
            (grainState.State, grainState.RecordExists, grainState.ETag) = (state, true, blob.ETag);
        }
        else
        {
            string aside = $"{name}.damaged";
            _ = await blobs.PutAsync(aside, blob.Content);
            _ = await blobs.DeleteAsync(name);
            LogSetAside(name, damage, aside);
            Clear(grainState);
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        byte[] content = StateChecksum.Add(JsonSerializer.SerializeToUtf8Bytes(grainState.State, GridFormat.Json(format.Common)));
        BlobCondition condition = grainState.ETag is { } etag ? BlobCondition.Matches(etag) : BlobCondition.Absent;
        try
        {
            grainState.ETag = await blobs.PutAsync(Name(stateName, grainId), content, condition);
            grainState.RecordExists = true;
        }
        catch (BlobConflictException conflict)
        {
            throw new InconsistentStateException(
                $"{grainId}: {stateName}: stored by another activation: {conflict.Message}", "unknown", grainState.ETag ?? "", conflict);
        }
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _ = await blobs.DeleteAsync(Name(stateName, grainId));
        Clear(grainState);
    }

    /// <summary>The blob of a grain's state; the key is escaped, since it may hold any character.</summary>
    public static string Name(string stateName, GrainId grainId) =>
        $"state/{stateName}/{Uri.EscapeDataString(grainId.Key.ToString()!).Replace('%', '_')}.json";

    private static void Clear<T>(IGrainState<T> grainState)
    {
        (grainState.RecordExists, grainState.ETag) = (false, null!);
        grainState.State = Activator.CreateInstance<T>();
    }

    // What is stored, or what is wrong with it.
    private static (T? State, string? Damage) Read<T>(Blob blob)
    {
        if (!StateChecksum.Holds(blob.Content.Span)) return (default, "its checksum does not hold");
        try
        {
            T? state = JsonSerializer.Deserialize<T>(blob.Content.Span);
            return state is null ? (default, "it is empty") : (state, (state as IDamageable)?.Inconsistency());
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Constructors of its parts throw exceptions of their own.
            return (default, error.Message);
        }
    }

    // Null where the state can be recreated.
    private static T? Damaged<T>(string damage)
    {
        if (!typeof(IDamageable).IsAssignableFrom(typeof(T))) return default;
        T state = Activator.CreateInstance<T>();
        ((IDamageable)state!).Damage = damage;
        return state;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Blob} is damaged: {Reason}; it is set aside as {Aside} and begun anew")]
    private partial void LogSetAside(string blob, string reason, string aside);
}
