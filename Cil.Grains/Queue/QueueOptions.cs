namespace Cil.Grains.Queue;

/// <summary>Who goes first, and how much may wait (docs/queue.md).</summary>
public sealed class QueueOptions
{
    /// <summary>How much older a job counts for each point of priority. Default 10 min; with 0, priority has no effect.</summary>
    public TimeSpan PriorityWeight { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How much younger a job counts for each of its failures. Default 5 min.</summary>
    public TimeSpan FailureWeight { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a chunk is kept for the worker that has its latents. Default 200 ms; that worker asks within a few when it
    /// is free.
    /// </summary>
    public TimeSpan Hold { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a chunk waits for a worker that it has not failed on. Default 10 s.</summary>
    public TimeSpan AvoidFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Device time, beyond the error of the charges, that a tenant may be ahead of the fairest one while a worker stays with
    /// its job. Default 30 s. A larger value loads latents less often and lets shares deviate by as much.
    /// </summary>
    public TimeSpan StickyDeviceTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much younger than its tenant's first a job may count while a worker stays with it. Default 1 min.</summary>
    public TimeSpan StickyAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Device time, beyond the error of the charges, that a tenant may be ahead of the fairest one while a worker stays with
    /// its loaded model. Default 1 min.
    /// </summary>
    public TimeSpan LoadedDeviceTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How much younger than its tenant's first a job may count while a worker stays with its loaded model. Default 1 min.
    /// </summary>
    public TimeSpan LoadedAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Device time that a chunk is charged with at first, before any of its model was measured. Default 1 s; above 0.</summary>
    public TimeSpan FirstCharge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Weight of the latest chunk in the mean duration that chunks are charged with at first, 0 to 1. Default 0.1.</summary>
    public double ChargeWeight { get; set; } = 0.1;

    /// <summary>
    /// Jobs that may wait; more are refused until there is room. Default 100,000, which take about 70 MiB of the queue's
    /// process.
    /// </summary>
    public int MaxWaiting { get; set; } = 100_000;

    /// <summary>Jobs of one tenant that may wait. Default 100,000.</summary>
    public int MaxWaitingPerTenant { get; set; } = 100_000;

    /// <summary>When a refused job may be tried again. Default 10 s.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Classes of devices that may be started when there is work for them, each as NAME or NAME=GIB with the memory of one
    /// device. Waiting work counts for the first class that can do it. Default none: classes are known by their workers.
    /// </summary>
    public IList<string> Classes { get; set; } = [];

    /// <summary>Silence after which a worker without a chunk is forgotten. Default 1 min; an idle worker asks every second.</summary>
    public TimeSpan WorkerSilence { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often deadlines and silent workers are looked for. Default 1 s.</summary>
    public TimeSpan Sweep { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether this is an entry of <see cref="Classes"/>.</summary>
    public static bool IsClass(string entry) => ListedClass.Parse(entry) is not null;
}
