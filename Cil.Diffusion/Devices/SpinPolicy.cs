namespace Cil.Diffusion.Devices;

/// <summary>When threads that wait should give the processor away: at once when others want it, not before a second without.</summary>
internal sealed class SpinPolicy
{
    /// <summary>The part of the processors' time that others take, from which on they are contended.</summary>
    internal const double Contended = 0.25;

    /// <summary>The processor must have been free this long before threads spin again.</summary>
    internal static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    private TimeSpan free = Calm;

    internal bool IsThrottled => free < Calm;

    /// <summary>Adds a period in which other programs had each processor for <paramref name="others"/> on average.</summary>
    internal void Add(TimeSpan others, TimeSpan period) => free = others > period * Contended ? TimeSpan.Zero : free + period;
}
