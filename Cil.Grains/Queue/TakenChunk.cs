using Cil.Interfaces.Queue;

namespace Cil.Grains.Queue;

/// <summary>A chunk that a worker has taken and not ended.</summary>
/// <param name="charge">Device-seconds that its tenant was charged with when it was taken.</param>
internal sealed class TakenChunk(ChunkTicket ticket, string worker, WaitingTenant tenant, double charge)
{
    internal ChunkTicket Ticket => ticket;

    internal string Worker => worker;

    internal WaitingTenant Tenant => tenant;

    internal double Charge => charge;

    /// <summary>Whether the job has offered the chunk anew, so that it counts on this worker no more.</summary>
    internal bool IsReplaced { get; set; }
}
