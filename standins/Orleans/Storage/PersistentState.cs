using System.Runtime.ExceptionServices;
using Orleans.Storage;

namespace Orleans.Runtime;

internal sealed class PersistentState<TState> : IPersistentState<TState>
{
    private readonly string _name;
    private readonly IGrainContext _context;
    private readonly IGrainStorage _storage;
    private readonly GrainState<TState> _stored = new(Activator.CreateInstance<TState>());

    internal PersistentState(string name, IGrainContext context, IGrainStorage storage)
    {
        _name = name;
        _context = context;
        _storage = storage;
        context.ObservableLifecycle.Subscribe(GetType().FullName!, GrainLifecycleStage.SetupState, token => ReadStateAsync(token));
    }

    public TState State
    {
        get => _stored.State!;
        set => _stored.State = value;
    }

    public string? Etag => _stored.ETag;

    public bool RecordExists => _stored.RecordExists;

    public Task ReadStateAsync() => ReadStateAsync(default);

    public Task WriteStateAsync() => WriteStateAsync(default);

    public Task ClearStateAsync() => ClearStateAsync(default);

    public Task ReadStateAsync(CancellationToken cancellationToken) =>
        RunAsync(_storage.ReadStateAsync, nameof(ReadStateAsync), cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) =>
        RunAsync(_storage.WriteStateAsync, nameof(WriteStateAsync), cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) =>
        RunAsync(_storage.ClearStateAsync, nameof(ClearStateAsync), cancellationToken);

    private async Task RunAsync(Func<string, GrainId, IGrainState<TState>, CancellationToken, Task> operation, string what, CancellationToken token)
    {
        try
        {
            await operation(_name, _context.GrainId, _stored, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (e is not OrleansException)
        {
            throw new OrleansException($"Error from storage provider {_storage.GetType().Name}.{_name} during {what} for grain {_context.GrainId}: {e.Message}", e);
        }
    }
}
