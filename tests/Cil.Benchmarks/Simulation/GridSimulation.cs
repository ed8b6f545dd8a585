using System.Globalization;
using Cil.Grains.Queue;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;

namespace Cil.Benchmarks.Simulation;

/// <summary>
/// A farm in simulated time, event by event, around the queue's own <see cref="TicketQueue"/> and <see cref="WorkerRegistry"/>.
/// The same seed gives the same farm.
/// </summary>
internal sealed class GridSimulation
{
    private const double Hour = 3600, Gibibyte = 1L << 30;

    // A lost device is found out, and is there again, after this; a chunk's failure is as likely as that.
    private const double Detection = 5, Repair = 600, MeanTimeToLoss = 60 * Hour, ChunkFailure = 0.001;

    // Latents that are elsewhere are fetched first.
    private const double Fetch = 0.5, DecodeWork = 0.25, Dispatch = 0.002;
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly QueueOptions options = new() { MaxWaiting = int.MaxValue };
    private readonly TicketQueue work;
    private readonly WorkerRegistry workers = new();
    private readonly PriorityQueue<Happening, double> events = new();
    private readonly Random random;
    private readonly double hours;
    private readonly SimulatedDevice[] devices;
    private readonly Dictionary<string, SimulatedDevice> byName;
    private readonly Dictionary<RenderJobId, SimulatedJob> jobs = [];
    private readonly List<ChunkTicket> opened = [];
    private double time, busy, present, lastCount, nextOpening = double.MaxValue;
    private int here, atWork;

    internal GridSimulation(int devices, double hours, int seed)
    {
        (random, this.hours) = (new Random(seed), hours);
        work = new TicketQueue(options);
        this.devices = [.. Enumerable.Range(0, devices).Select(NewDevice)];
        here = devices;
        byName = this.devices.ToDictionary(device => device.Offer.Worker);
        // The farm's speed, in chunks of speed 1 an hour; the tenants together send a little more than that at first.
        double speed = this.devices.Sum(device => device.Speed),
            jobs = speed * Hour / (SimulatedJob.Denoising + (SimulatedJob.Decoding * DecodeWork)) / MeanWork;
        Tenants =
        [
            new("studio", 4, jobs * 0.62, 0, hours * 0.6, [0]),
            new("agency", 2, jobs * 0.32, 0, hours * 0.6, [0, 0, 0, 1]),
            new("school", 1, jobs * 0.17, 0, hours * 0.6, [0]),
            new("burst", 1, jobs * 0.9, hours * 0.2, hours * 0.3, [0]),
            new("hobby", 1, jobs * 0.02, 0, hours, [0]),
        ];
        foreach (SimulatedTenant tenant in Tenants) work.SetShare(tenant.Name, tenant.Share);
    }

    internal IReadOnlyList<SimulatedTenant> Tenants { get; }

    /// <summary>Hour, and the part of the devices there that were at work, loading not counted, in each minute.</summary>
    internal List<(double Hour, double Utilisation)> Utilisation { get; } = [];

    /// <summary>Hour, and jobs that wait.</summary>
    internal List<(double Hour, double Jobs)> Queue { get; } = [];

    internal long Takes { get; private set; }

    internal int Swaps { get; private set; }

    internal int Losses { get; private set; }

    internal int Failures { get; private set; }

    /// <summary>Jobs that were sent and neither done nor known to the queue in the end: must be none.</summary>
    internal int Lost { get; private set; }

    /// <summary>Chunks that went on where their latents were, of those that had any.</summary>
    internal (long Stayed, long Moved) Stickiness { get; private set; }

    private static IReadOnlyList<SimulatedModel> Models { get; } =
    [
        new("dynamicrafter", (long)(14 * Gibibyte), 20, 5), new("videocrafter1", (long)(18 * Gibibyte), 20, 3),
        new("svd", (long)(34 * Gibibyte), 30, 1.5), new("svd-large", (long)(60 * Gibibyte), 30, 0.3),
    ];

    private static double MeanWork => 60;

    private DateTimeOffset Now => Begin.AddSeconds(time);

    internal void Run()
    {
        foreach (SimulatedTenant tenant in Tenants) events.Enqueue(new(Kind.Arrival, Tenant: tenant), (tenant.From * Hour) + Wait(tenant));
        foreach (SimulatedDevice device in devices)
        {
            Ask(device);
            PlanLoss(device);
        }

        events.Enqueue(new(Kind.Minute), 60);
        // Three of ten devices leave at half time, two of ten come back at three quarters.
        events.Enqueue(new(Kind.ScaleIn), hours * Hour * 0.5);
        events.Enqueue(new(Kind.ScaleOut), hours * Hour * 0.75);
        while (events.TryDequeue(out Happening happening, out double at) && at <= hours * Hour)
        {
            Count(at);
            time = at;
            Happen(happening);
        }

        Lost = jobs.Keys.Count(job => !work.IsWaiting(job) && !Array.Exists(devices, device => device.Job?.Id == job));
    }

    private static SimulatedDevice NewDevice(int number)
    {
        (double speed, double gibibytes) = (number % 10) switch { < 6 => (1, 24), < 9 => (1.6, 48), _ => (2.5, 80) };
        return new SimulatedDevice(
            string.Create(CultureInfo.InvariantCulture, $"silo{number / 8}/{number % 8}"),
            speed, (long)(gibibytes * Gibibyte), [.. Models.Select(model => model.Name)]);
    }

    private void Happen(Happening happening)
    {
        switch (happening.Kind)
        {
            case Kind.Arrival:
                Arrive(happening.Tenant!);
                break;
            case Kind.End when happening.Turn == happening.Device!.Turn:
                EndChunk(happening.Device);
                break;
            case Kind.Loss:
                Lose(happening.Device!);
                break;
            case Kind.Repair when !happening.Device!.IsThere && !happening.Device.IsLeaving:
                Return(happening.Device);
                break;
            case Kind.Offer:
                Offer(happening.Job!, happening.Chunk, holder: null);
                break;
            case Kind.Opening:
                Open();
                break;
            case Kind.Minute:
                Utilisation.Add((time / Hour, present > 0 ? busy / present : 0));
                Queue.Add((time / Hour, work.Waiting));
                (busy, present) = (0, 0);
                events.Enqueue(happening, time + 60);
                break;
            case Kind.ScaleIn:
                for (int i = 0; i < devices.Length; i += 10)
                {
                    for (int j = i; j < Math.Min(i + 3, devices.Length); j++) Drain(devices[j]);
                }

                break;
            case Kind.ScaleOut:
                for (int i = 0; i < devices.Length; i += 10)
                {
                    for (int j = i; j < Math.Min(i + 2, devices.Length); j++)
                    {
                        devices[j].IsLeaving = false;
                        if (!devices[j].IsThere) Return(devices[j]);
                    }
                }

                break;
        }
    }

    private void Count(double at)
    {
        busy += atWork * (at - lastCount);
        present += here * (at - lastCount);
        lastCount = at;
    }

    private double Wait(SimulatedTenant tenant) => -Math.Log(1 - random.NextDouble()) * Hour / tenant.Jobs;

    private void Arrive(SimulatedTenant tenant)
    {
        if (time > tenant.To * Hour) return;
        events.Enqueue(new(Kind.Arrival, Tenant: tenant), time + Wait(tenant));
        double pick = random.NextDouble() * Models.Sum(model => model.Weight);
        SimulatedModel model = Models.First(model => (pick -= model.Weight) <= 0);
        // Sizes and numbers of steps vary: half to one and a half times the mean.
        var job = new SimulatedJob(
            new RenderJobId(string.Create(CultureInfo.InvariantCulture, $"{tenant.Name}-{tenant.Sent++}")), tenant, model,
            time, tenant.Priorities[random.Next(tenant.Priorities.Count)], MeanWork * (0.5 + random.NextDouble()));
        jobs.Add(job.Id, job);
        Offer(job, 0, holder: null);
    }

    private void Offer(SimulatedJob job, int chunk, string? holder)
    {
        var ticket = new ChunkTicket
        {
            Job = job.Id,
            Chunk = chunk,
            Kind = chunk < SimulatedJob.Denoising ? ChunkKind.Denoise : ChunkKind.Decode,
            Model = job.Model.Name,
            Since = Begin.AddSeconds(job.ArrivalOrder),
            Tenant = job.Tenant.Name,
            Priority = job.Priority,
            Failures = job.Failures,
            Memory = job.Model.Memory,
            Avoid = job.FailedOn,
            Holder = holder,
        };
        work.Offer(ticket, Now);
        Wake(ticket);
    }

    private void Wake(ChunkTicket ticket)
    {
        if (!workers.HasIdle || work.Find(ticket.Job, ticket.Chunk) is not { } item) return;
        if (workers.Pick(item.Ticket, item.Offered, Now, options) is { } worker) Ask(byName[worker]);
        PlanOpening();
    }

    private void PlanOpening()
    {
        if (work.NextOpening is not { } at || !workers.HasIdle) return;
        // A little later: seconds as a number are rounded, and the ticket must be due by then.
        double then = Math.Max(time, (at - Begin).TotalSeconds) + 1e-4;
        if (then >= nextOpening) return;
        nextOpening = then;
        events.Enqueue(new(Kind.Opening), then);
    }

    private void Open()
    {
        nextOpening = double.MaxValue;
        work.Open(Now, opened);
        ChunkTicket[] now = [.. opened];
        opened.Clear();
        foreach (ChunkTicket ticket in now) Wake(ticket);
        PlanOpening();
    }

    private void Ask(SimulatedDevice device)
    {
        if (!device.IsThere) return;
        if (device.IsLeaving)
        {
            Leave(device);
            return;
        }

        RegisteredWorker worker = workers.Register(device.Offer, Now);
        Takes++;
        if (work.Take(device.Offer, Now) is not { } ticket)
        {
            WorkerRegistry.SetIdle(worker);
            PlanOpening();
            return;
        }

        SimulatedJob job = jobs[ticket.Job];
        if (!job.HasBegun)
        {
            job.HasBegun = true;
            job.Tenant.Waits.Add(time - job.ArrivalOrder);
        }

        bool isFirst = ticket.Chunk == 0, stays = ticket.Holder == device.Offer.Worker;
        if (!isFirst && ticket.Kind == ChunkKind.Denoise)
            Stickiness = stays ? (Stickiness.Stayed + 1, Stickiness.Moved) : (Stickiness.Stayed, Stickiness.Moved + 1);
        double seconds = Dispatch + (isFirst || stays ? 0 : Fetch);
        if (device.Load(ticket.Model))
        {
            Swaps++;
            seconds += job.Model.Load;
        }

        seconds += job.Work * (ticket.Kind == ChunkKind.Denoise ? 1 : DecodeWork) / device.Speed;
        (device.Job, device.Ticket, device.Since) = (job, ticket, time);
        atWork++;
        events.Enqueue(new(Kind.End, device, Turn: ++device.Turn), time + seconds);
    }

    private void EndChunk(SimulatedDevice device)
    {
        (SimulatedJob job, ChunkTicket ticket) = Release(device);
        double used = time - device.Since;
        work.End(job.Id, ticket.Chunk, TimeSpan.FromSeconds(used));
        if (Tenants.Take(3).All(tenant => work.WaitingOf(tenant.Name) > 0)) job.Tenant.Contended += used;
        if (random.NextDouble() < ChunkFailure)
        {
            Failures++;
            job.Failures++;
            job.FailedOn.Add(device.Offer.Worker);
            Offer(job, ticket.Chunk, holder: null);
        }
        else if (ticket.Chunk < SimulatedJob.Denoising - 1)
        {
            Offer(job, ticket.Chunk + 1, device.Offer.Worker);
        }
        else if (ticket.Chunk == SimulatedJob.Denoising - 1)
        {
            for (int i = 0; i < SimulatedJob.Decoding; i++) Offer(job, SimulatedJob.Denoising + i, holder: null);
        }
        else if (++job.Decoded == SimulatedJob.Decoding)
        {
            job.Tenant.Done++;
            _ = jobs.Remove(job.Id);
        }

        Ask(device);
    }

    private (SimulatedJob Job, ChunkTicket Ticket) Release(SimulatedDevice device)
    {
        (SimulatedJob, ChunkTicket) had = (device.Job!, device.Ticket!);
        (device.Job, device.Ticket) = (null, null);
        atWork--;
        return had;
    }

    private void PlanLoss(SimulatedDevice device) =>
        events.Enqueue(new(Kind.Loss, device), time - (Math.Log(1 - random.NextDouble()) * MeanTimeToLoss));

    private void Lose(SimulatedDevice device)
    {
        PlanLoss(device);
        if (!device.IsThere) return;
        Losses++;
        if (device.Job is not null)
        {
            (SimulatedJob job, ChunkTicket ticket) = Release(device);
            work.End(job.Id, ticket.Chunk, TimeSpan.FromSeconds(time - device.Since));
            events.Enqueue(new(Kind.Offer, Job: job, Chunk: ticket.Chunk), time + Detection);
        }

        device.Turn++;
        _ = device.Load(null);
        Leave(device);
        events.Enqueue(new(Kind.Repair, device), time + Repair);
    }

    private void Drain(SimulatedDevice device)
    {
        device.IsLeaving = true;
        if (device.IsThere && device.Job is null) Leave(device);
    }

    private void Leave(SimulatedDevice device)
    {
        device.IsThere = false;
        here--;
        workers.Forget(device.Offer.Worker);
    }

    private void Return(SimulatedDevice device)
    {
        device.IsThere = true;
        here++;
        Ask(device);
    }

    private enum Kind
    {
        Arrival,
        End,
        Loss,
        Repair,
        Offer,
        Opening,
        Minute,
        ScaleIn,
        ScaleOut,
    }

    private readonly record struct Happening(
        Kind Kind, SimulatedDevice? Device = null, SimulatedTenant? Tenant = null, SimulatedJob? Job = null, int Chunk = 0, int Turn = 0);
}
