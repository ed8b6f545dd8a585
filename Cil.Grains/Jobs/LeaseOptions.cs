namespace Cil.Grains.Jobs;

/// <summary>When a silent worker loses its chunk, and when a job gives up.</summary>
public sealed class LeaseOptions
{
    /// <summary>Silence after which a chunk is offered again. Must be longer than one denoising step takes. Default 60 s.</summary>
    public TimeSpan Silence { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often leases are looked at and waiting chunks offered again. Default 2 s.</summary>
    public TimeSpan Check { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often unfinished jobs are looked for whose coordinator was lost with its silo. Default 10 s.</summary>
    public TimeSpan Keep { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Failures of one chunk before the job fails with the last one's reason. Default 3.</summary>
    public int MaxAttempts { get; set; } = 3;
}
