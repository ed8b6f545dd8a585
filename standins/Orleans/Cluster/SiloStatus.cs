namespace Orleans.Runtime;

/// <summary>Where a silo is in its life.</summary>
public enum SiloStatus
{
    /// <summary>Unknown.</summary>
    None = 0,

    /// <summary>Made.</summary>
    Created = 1,

    /// <summary>About to be active.</summary>
    Joining = 2,

    /// <summary>Serves requests.</summary>
    Active = 3,

    /// <summary>Takes no new grains, and deactivates those it has.</summary>
    ShuttingDown = 4,

    /// <summary>About to be gone.</summary>
    Stopping = 5,

    /// <summary>Gone.</summary>
    Dead = 6,
}
