namespace Cil.Grains.Queue;

/// <summary>Who may have a waiting ticket.</summary>
internal enum TicketAccess
{
    /// <summary>Any worker that can run it.</summary>
    Open,

    /// <summary>Any worker that can run it and has not failed at it.</summary>
    Avoiding,

    /// <summary>For <see cref="QueueOptions.Hold"/>, only the worker that has its latents.</summary>
    Held,

    /// <summary>Only the worker that has its latents.</summary>
    Bound,
}
