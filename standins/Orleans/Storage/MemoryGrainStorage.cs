using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Storage;

/// <summary>State kept as long as a silo of the cluster lives. Each read and write copies, as through bytes.</summary>
internal sealed class MemoryGrainStorage(string name, Silo silo) : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Storage, string State, GrainId Grain), Record> _records = silo.Cluster.Memory;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.TryGetValue((name, stateName, grainId), out var record))
        {
            grainState.State = (T)DeepCopier.Copy(record.State)!;
            grainState.ETag = record.ETag;
            grainState.RecordExists = true;
        }
        else
        {
            Reset(grainState);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (name, stateName, grainId);
        var next = new Record(DeepCopier.Copy(grainState.State), Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        var found = _records.TryGetValue(key, out var current);
        Check(key, current?.ETag, grainState.ETag);
        if (!(found ? _records.TryUpdate(key, next, current!) : _records.TryAdd(key, next)))
        {
            Check(key, _records.GetValueOrDefault(key)?.ETag, grainState.ETag);
        }

        grainState.ETag = next.ETag;
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (name, stateName, grainId);
        var current = _records.GetValueOrDefault(key);
        Check(key, current?.ETag, grainState.ETag);
        if (current is not null && !_records.TryRemove(KeyValuePair.Create(key, current)))
        {
            Check(key, _records.GetValueOrDefault(key)?.ETag, grainState.ETag);
        }

        Reset(grainState);
        return Task.CompletedTask;
    }

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static void Check((string Storage, string State, GrainId Grain) key, string? stored, string? expected)
    {
        if (stored != expected)
        {
            throw new InconsistentStateException(
                $"Version conflict: storage {key.Storage}, state {key.State}, grain {key.Grain}: stored {stored ?? "nothing"}, expected {expected ?? "nothing"}.",
                stored,
                expected);
        }
    }

    internal sealed record Record(object? State, string ETag);
}
