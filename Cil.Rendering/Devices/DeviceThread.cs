using System.Collections.Concurrent;

namespace Cil.Rendering.Devices;

/// <summary>
/// The one thread that makes all tensor calls of a device: libtorch's gradient mode belongs to a thread, each thread
/// that runs operators grows its own team of workers, and tensors' scopes end where they began.
/// </summary>
internal sealed class DeviceThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;

    public DeviceThread(string name)
    {
        thread = new Thread(Run) { Name = name, IsBackground = true };
        thread.Start();
    }

    /// <summary>Queues a call; its result or exception comes back through the task.</summary>
    public Task<T> RunAsync<T>(Func<T> call)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                result.SetResult(call());
            }
            catch (Exception error)
            {
                result.SetException(error);
            }
        });
        return result.Task;
    }

    public void Dispose()
    {
        work.CompleteAdding();
        thread.Join();
        work.Dispose();
    }

    private void Run()
    {
        foreach (Action call in work.GetConsumingEnumerable()) call();
    }
}
