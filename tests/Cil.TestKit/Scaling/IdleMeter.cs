using System.Diagnostics;
using Cil.Client.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Workers;

namespace Cil.TestKit.Scaling;

/// <summary>How much of the time in which work waits the devices of a cluster have nothing, by what the queue says.</summary>
internal sealed class IdleMeter(ICilClient client, Autoscaler scaler, TimeSpan period)
{
    /// <summary>Device-seconds while work waited, and those of them without a chunk.</summary>
    internal double Devices { get; private set; }

    internal double Idle { get; private set; }

    /// <summary>Seconds, while work waited, of workers that were started and not ready yet.</summary>
    internal double Starting { get; private set; }

    internal double IdleShare => Devices == 0 ? 0 : Idle / Devices;

    /// <summary>The most workers that were there together.</summary>
    internal int MostWorkers { get; private set; }

    /// <summary>Workers that have a chunk now, by name.</summary>
    internal IReadOnlySet<string> Busy { get; private set; } = new HashSet<string>();

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        long last = Stopwatch.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                QueueStatus queue = await client.QueueAsync(cancellationToken);
                long now = Stopwatch.GetTimestamp();
                double seconds = Stopwatch.GetElapsedTime(last, now).TotalSeconds;
                last = now;
                HashSet<string> there = [.. scaler.Running.Select(worker => worker.Name)];
                WorkerStatus[] workers = [.. queue.Workers.Where(worker => there.Contains(WorkerId.Parse(worker.Worker).Silo))];
                MostWorkers = Math.Max(MostWorkers, workers.Length);
                Busy = workers.Where(worker => worker.Chunks > 0).Select(worker => WorkerId.Parse(worker.Worker).Silo).ToHashSet();
                if (queue.Waiting > 0)
                {
                    Devices += seconds * workers.Length;
                    Idle += seconds * workers.Count(worker => worker.Chunks == 0);
                    Starting += seconds * (there.Count - workers.Length);
                }

                await Task.Delay(period, cancellationToken);
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                // Looked at again, or told to end.
                last = Stopwatch.GetTimestamp();
            }
        }
    }
}
