using Cil.Diffusion.Devices;
using static TorchSharp.torch;

namespace Cil.Rendering.Devices;

/// <summary>
/// The number of threads that a processor computes with. It is one for the whole process, and sums depend on it: work
/// that wants another number waits until the work before it is done. Whoever waits goes before whoever comes later.
/// </summary>
internal static class ProcessThreads
{
    private static readonly Lock Turnstile = new();
    private static readonly object Gate = new();
    private static int current, users;

    /// <summary>Called on the thread that computes; the number holds until the result is disposed of.</summary>
    internal static IDisposable Use(int threads)
    {
        lock (Turnstile)
        {
            lock (Gate)
            {
                while (users > 0 && current != threads) Monitor.Wait(Gate);
                current = threads;
                users++;
            }
        }

        set_num_threads(threads);
        return new Share();
    }

    private sealed class Share : IDisposable
    {
        private readonly IDisposable spinning = SpinThrottle.Watch();

        public void Dispose()
        {
            spinning.Dispose();
            lock (Gate)
            {
                if (--users == 0) Monitor.PulseAll(Gate);
            }
        }
    }
}
