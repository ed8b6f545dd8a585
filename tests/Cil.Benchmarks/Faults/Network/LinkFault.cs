namespace Cil.Benchmarks.Faults.Network;

/// <summary>What happens to packets from one host to another.</summary>
/// <param name="From">Null for all.</param>
/// <param name="To">Null for all.</param>
/// <param name="Loss">The part that is lost, 0 to 1.</param>
/// <param name="Delay">How long the others take.</param>
/// <param name="Jitter">By how much more or less, at random: packets overtake each other.</param>
internal sealed record LinkFault(int? From, int? To, double Loss, TimeSpan Delay = default, TimeSpan Jitter = default)
{
    internal bool Hits(int from, int to) => (From is null || From == from) && (To is null || To == to);
}
