using System.Text.Json;
using Cil.Storage;
using Orleans.Runtime;
using Orleans.Storage;

namespace Cil.Grains.Blobs;

/// <summary>Grain state as JSON blobs, guarded by their ETags.</summary>
public sealed class BlobGrainStorage(IBlobStore blobs) : IGrainStorage
{
    /// <summary>The name that grains ask for.</summary>
    public const string Provider = "cil";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Blob? blob = await blobs.GetAsync(Name(stateName, grainId));
        if (blob is null)
        {
            (grainState.RecordExists, grainState.ETag) = (false, null!);
            grainState.State = Activator.CreateInstance<T>();
            return;
        }

        grainState.State = JsonSerializer.Deserialize<T>(blob.Content.Span)!;
        (grainState.RecordExists, grainState.ETag) = (true, blob.ETag);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        BlobCondition condition = grainState.ETag is { } etag ? BlobCondition.Matches(etag) : BlobCondition.Absent;
        try
        {
            grainState.ETag = await blobs.PutAsync(Name(stateName, grainId), content, condition);
            grainState.RecordExists = true;
        }
        catch (BlobConflictException conflict)
        {
            throw new InconsistentStateException($"{grainId}: {stateName}: stored by another activation: {conflict.Message}", "unknown", grainState.ETag ?? "", conflict);
        }
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _ = await blobs.DeleteAsync(Name(stateName, grainId));
        (grainState.RecordExists, grainState.ETag) = (false, null!);
        grainState.State = Activator.CreateInstance<T>();
    }

    /// <summary>The blob of a grain's state; the key is escaped, since it may hold any character.</summary>
    public static string Name(string stateName, GrainId grainId) =>
        $"state/{stateName}/{Uri.EscapeDataString(grainId.Key.ToString()!).Replace('%', '_')}.json";
}
