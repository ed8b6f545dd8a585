using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace Cil.Grains.Tests.Engine.Storage;

public sealed class CounterGrain(
    [PersistentState("counter")] IPersistentState<CounterState> counter,
    [PersistentState("notes", "second")] IPersistentState<NotesState> notes) : Grain, ICounterGrain
{
    private readonly Guid activation = Guid.NewGuid();

    public async Task<int> Add(int amount)
    {
        counter.State.Value += amount;
        await counter.WriteStateAsync();
        return counter.State.Value;
    }

    public async Task<(int Value, bool Exists, string? ETag)> Read()
    {
        await counter.ReadStateAsync();
        return (counter.State.Value, counter.RecordExists, counter.Etag);
    }

    public async Task<int> Note(string text)
    {
        notes.State.Texts.Add(text);
        await notes.WriteStateAsync();
        return notes.State.Texts.Count;
    }

    public Task Clear() => counter.ClearStateAsync();

    public async Task WriteStale()
    {
        // Another writer, as from an activation that was thought dead.
        IGrainStorage storage = ServiceProvider.GetRequiredService<IGrainStorage>();
        var other = new GrainState<CounterState>(new CounterState { Value = 1000 }, counter.Etag!) { RecordExists = true };
        await storage.WriteStateAsync("counter", this.GetGrainId(), other);
        await counter.WriteStateAsync();
    }

    public Task<Guid> Activation() => Task.FromResult(activation);

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
