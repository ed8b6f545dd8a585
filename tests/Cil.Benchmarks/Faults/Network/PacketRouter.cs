using System.Diagnostics;

namespace Cil.Benchmarks.Faults.Network;

/// <summary>
/// Passes packets on between hosts' devices, and loses or delays them as it is told. In this process, since kernels without the
/// module of netem know neither loss nor delay.
/// </summary>
internal sealed class PacketRouter : IDisposable
{
    private const int VersionAndLength = 0, LastOfDestination = 19, HeaderBytes = 20, Version4 = 4;

    private readonly IReadOnlyDictionary<int, TunDevice> devices;
    private readonly PriorityQueue<(byte[] Packet, TunDevice To), long> late = new();
    private readonly Random random;
    private volatile IReadOnlyList<LinkFault> faults = [];
    private volatile bool isOver;
    private long passed, lost, delayed;

    /// <param name="devices">By the last number of the host's address.</param>
    internal PacketRouter(IReadOnlyDictionary<int, TunDevice> devices, int seed)
    {
        (this.devices, random) = (devices, new Random(seed));
        foreach ((int host, TunDevice device) in devices)
            new Thread(() => Forward(host, device)) { IsBackground = true, Name = $"host {host}" }.Start();
        new Thread(SendLate) { IsBackground = true, Name = "late packets" }.Start();
    }

    /// <summary>What goes wrong from now on; none for a network that works.</summary>
    internal IReadOnlyList<LinkFault> Faults
    {
        get => faults;
        set => faults = value;
    }

    internal (long Passed, long Lost, long Delayed) Counts =>
        (Interlocked.Read(ref passed), Interlocked.Read(ref lost), Interlocked.Read(ref delayed));

    public void Dispose()
    {
        isOver = true;
        lock (late) Monitor.PulseAll(late);
        foreach (TunDevice device in devices.Values) device.Dispose();
    }

    private void Forward(int from, TunDevice device)
    {
        byte[] packet = new byte[TunDevice.LargestPacket];
        while (!isOver && device.Read(packet) is > 0 and var length)
        {
            if (length < HeaderBytes
                || packet[VersionAndLength] >> 4 != Version4
                || !devices.TryGetValue(packet[LastOfDestination], out TunDevice? to))
            {
                continue;
            }

            Pass(packet, length, from, packet[LastOfDestination], to);
        }
    }

    private void Pass(byte[] packet, int length, int from, int host, TunDevice to)
    {
        LinkFault? fault = null;
        foreach (LinkFault one in faults)
        {
            if (one.Hits(from, host)) fault = one;
        }

        if (fault is not null && (fault.Loss >= 1 || (fault.Loss > 0 && Draw() < fault.Loss)))
        {
            _ = Interlocked.Increment(ref lost);
            return;
        }

        _ = Interlocked.Increment(ref passed);
        if (fault is null || fault.Delay == TimeSpan.Zero)
        {
            to.Write(packet, length);
            return;
        }

        _ = Interlocked.Increment(ref delayed);
        TimeSpan wait = fault.Delay + (fault.Jitter * ((2 * Draw()) - 1));
        lock (late)
        {
            late.Enqueue((packet[..length], to), Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency));
            Monitor.PulseAll(late);
        }
    }

    private double Draw()
    {
        lock (random) return random.NextDouble();
    }

    private void SendLate()
    {
        while (!isOver)
        {
            (byte[] Packet, TunDevice To) next;
            lock (late)
            {
                if (!late.TryPeek(out _, out long due))
                {
                    _ = Monitor.Wait(late);
                    continue;
                }

                TimeSpan wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero)
                {
                    _ = Monitor.Wait(late, wait);
                    continue;
                }

                next = late.Dequeue();
            }

            next.To.Write(next.Packet, next.Packet.Length);
        }
    }
}
