using System.Runtime.InteropServices;

namespace Cil.Diffusion.Devices;

/// <summary>
/// Shortens the time that libtorch's OpenMP threads spin while they wait for each other, as long as other programs want the
/// processor. GNU's libgomp spins 300,000 times, which is fastest alone and takes the processor from whoever could use it; with
/// more threads than processors it spins 100 times (gomp_throttled_spin_count_var, config/linux/wait.h and env.c of GCC). Its
/// settings are read once, at start, but the number of threads is looked at in each wait: one more team of threads, which sleeps,
/// is enough. Results do not depend on it.
/// </summary>
public static unsafe class SpinThrottle
{
    /// <summary>How often contention is looked at while something computes.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private static readonly ManualResetEventSlim Computing = new();
    private static readonly Lock Gate = new();
    private static int users;
    private static bool watched;

    /// <summary>Whether waiting threads give the processor away at once.</summary>
    internal static bool IsThrottled { get; private set; }

    /// <summary>Something computes on the processor until the result is disposed of; contention is looked at meanwhile.</summary>
    public static IDisposable Watch()
    {
        lock (Gate)
        {
            if (users++ == 0) Computing.Set();
            if (!watched) StartWatching();
            watched = true;
        }

        return new User();
    }

    private static void StartWatching()
    {
        if (OpenMp.Library is var library and not 0)
            new Thread(() => Watching(library)) { Name = "spin throttle", IsBackground = true }.Start();
    }

    private static void Watching(nint openMp)
    {
        var others = new OtherPrograms();
        var policy = new SpinPolicy();
        SleepingTeam? team = null;
        while (true)
        {
            if (!Computing.IsSet)
            {
                Computing.Wait();
                _ = others.Next();
            }

            long begun = TimeProvider.System.GetTimestamp();
            Thread.Sleep(Period);
            policy.Add(others.Next(), TimeProvider.System.GetElapsedTime(begun));
            if (policy.IsThrottled == (team is not null)) continue;
            team?.Dispose();
            team = policy.IsThrottled ? new SleepingTeam(openMp) : null;
            IsThrottled = policy.IsThrottled;
        }
    }

    private sealed class User : IDisposable
    {
        private bool disposed;

        public void Dispose()
        {
            lock (Gate)
            {
                if (disposed) return;
                disposed = true;
                if (--users == 0) Computing.Reset();
            }
        }
    }

    /// <summary>A thread whose team of OpenMP threads has nothing to do until it is disposed of.</summary>
    private sealed class SleepingTeam : IDisposable
    {
        private readonly ManualResetEventSlim end = new();
        private readonly Thread thread;

        internal SleepingTeam(nint openMp)
        {
            var parallel = (delegate* unmanaged<nint, nint, uint, uint, void>)NativeLibrary.GetExport(openMp, "GOMP_parallel");
            nint nothing = NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "free");
            thread = new Thread(() =>
            {
                parallel(nothing, 0, (uint)Environment.ProcessorCount + 1, 0);
                end.Wait();
            })
            { Name = "spin throttle team", IsBackground = true };
            thread.Start();
        }

        public void Dispose()
        {
            end.Set();
            thread.Join();
            end.Dispose();
        }
    }
}
