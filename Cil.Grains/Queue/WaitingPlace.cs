namespace Cil.Grains.Queue;

/// <summary>Who may have a waiting ticket.</summary>
internal enum WaitingPlace
{
    /// <summary>Whoever can do it.</summary>
    Open,

    /// <summary>Whoever can do it and has not failed at it.</summary>
    Avoiding,

    /// <summary>For a moment, only who has its latents.</summary>
    Held,

    /// <summary>Only who has its latents.</summary>
    Bound,
}
