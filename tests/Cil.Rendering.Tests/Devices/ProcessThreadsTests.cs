using Cil.Rendering.Devices;
using static TorchSharp.torch;

namespace Cil.Rendering.Tests.Devices;

public sealed class ProcessThreadsTests
{
    [Fact]
    public async Task Use_OfAnotherNumber_WaitsUntilTheWorkBeforeItIsDone()
    {
        int at = 0, wrong = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(
            () =>
            {
                int threads = 1 + (worker % 2);
                for (int chunk = 0; chunk < 200; chunk++)
                {
                    using IDisposable held = ProcessThreads.Use(threads);
                    Volatile.Write(ref at, threads);
                    Thread.SpinWait(100);
                    if (Volatile.Read(ref at) != threads || get_num_threads() != threads) Interlocked.Increment(ref wrong);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal(0, wrong);
    }
}
