using System.Diagnostics;
using Cil.TestKit.Scaling.Wire;
using Grpc.Core;
using Grpc.Net.Client;

namespace Cil.TestKit.Scaling;

/// <summary>
/// What KEDA and the horizontal autoscaler do with a ScaledObject: asks the scaler by gRPC, starts workers at once, stops them
/// slowly, the youngest first, and starts one that has ended by itself again.
/// </summary>
internal sealed class Autoscaler(
    Uri address, string deviceClass, int most, AutoscalerTimes times, Func<string, ScaledWorker> start) : IDisposable
{
    private readonly GrpcChannel channel = GrpcChannel.ForAddress(address);
    private readonly List<ScaledWorker> running = [], all = [];
    private readonly List<Task> stopping = [];
    private readonly Queue<(long At, int Wanted)> window = new();
    private readonly Lock guard = new();
    private long lastDown, lastActive = Stopwatch.GetTimestamp();

    /// <summary>Workers that are there and were not told to stop.</summary>
    internal IReadOnlyList<ScaledWorker> Running
    {
        get
        {
            lock (guard) return [.. running];
        }
    }

    /// <summary>All workers that were ever started.</summary>
    internal IReadOnlyList<ScaledWorker> All
    {
        get
        {
            lock (guard) return [.. all];
        }
    }

    /// <summary>Whether every worker that was told to stop has ended.</summary>
    internal bool HasSettled
    {
        get
        {
            lock (guard) return stopping.TrueForAll(task => task.IsCompleted);
        }
    }

    /// <summary>Questions that were not answered.</summary>
    internal int Errors { get; private set; }

    /// <summary>Called before a worker is told to stop.</summary>
    internal Action<ScaledWorker> Stopping { get; set; } = _ => { };

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var scaler = new ExternalScaler.ExternalScalerClient(channel);
        var reference = new ScaledObjectRef { Name = "cil-worker", Namespace = "cil", ScalerMetadata = { ["class"] = deviceClass } };
        MetricSpec? spec = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                spec ??= (await scaler.GetMetricSpecAsync(reference, cancellationToken: cancellationToken)).MetricSpecs.Single();
                bool isActive = (await scaler.IsActiveAsync(reference, cancellationToken: cancellationToken)).Result;
                GetMetricsResponse answer = await scaler.GetMetricsAsync(
                    new GetMetricsRequest { ScaledObjectRef = reference, MetricName = spec.MetricName },
                    cancellationToken: cancellationToken);
                Scale(isActive, (int)Math.Ceiling(answer.MetricValues.Single().MetricValue_ / (double)spec.TargetSize));
            }
            catch (RpcException error) when (!cancellationToken.IsCancellationRequested && error.StatusCode != StatusCode.InvalidArgument)
            {
                // The fallback: as many as there are.
                Errors++;
            }
            catch (RpcException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(times.Poll, cancellationToken)
                .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        await Task.WhenAll(stopping);
    }

    public void Dispose()
    {
        foreach (ScaledWorker worker in all) worker.Dispose();
        channel.Dispose();
    }

    private void Scale(bool isActive, int demand)
    {
        if (isActive) lastActive = Stopwatch.GetTimestamp();
        lock (guard)
        {
            _ = running.RemoveAll(worker => worker.HasExited);
            // While nothing is active the last one stays for the cool-down; the horizontal autoscaler never goes below one.
            bool isCold = Stopwatch.GetElapsedTime(lastActive) >= times.Cooldown;
            int wanted = Math.Clamp(demand, running.Count > 0 && !isCold ? 1 : 0, most);
            window.Enqueue((Stopwatch.GetTimestamp(), wanted));
            while (Stopwatch.GetElapsedTime(window.Peek().At) > times.Stabilisation) _ = window.Dequeue();
            int stable = isCold ? wanted : window.Max(entry => entry.Wanted);
            while (running.Count < wanted)
            {
                ScaledWorker worker = start($"w{all.Count + 1}");
                running.Add(worker);
                all.Add(worker);
            }

            if (running.Count <= stable || (lastDown != 0 && Stopwatch.GetElapsedTime(lastDown) < times.DownEvery)) return;
            lastDown = Stopwatch.GetTimestamp();
            ScaledWorker youngest = running[^1];
            running.RemoveAt(running.Count - 1);
            Stopping(youngest);
            stopping.Add(youngest.StopAsync(times.Grace));
        }
    }
}
