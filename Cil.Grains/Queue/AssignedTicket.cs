using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>A chunk that a worker has taken and not ended, with its charge.</summary>
/// <param name="charge">Device-seconds that its tenant was charged with when it was taken.</param>
internal sealed class AssignedTicket(ChunkTicket ticket, string worker, QueueTenant tenant, double charge)
{
    internal ChunkTicket Ticket => ticket;

    internal string Worker => worker;

    internal QueueTenant Tenant => tenant;

    internal double Charge => charge;

    /// <summary>Whether the job has offered the chunk again since, so that it does not count as one of this worker's.</summary>
    internal bool IsReplaced { get; set; }
}
