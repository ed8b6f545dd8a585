namespace Cil.Client.Contracts;

/// <summary>A batch as lists show it: what its jobs come to, at most some seconds old.</summary>
public sealed record ApiBatchSummary
{
    public required string Id { get; init; }

    /// <summary>As of the batch.</summary>
    public required ApiJobState State { get; init; }

    public required string Tenant { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string Model { get; init; } = "";

    public string Prompt { get; init; } = "";

    /// <summary>Denoising steps done, and of how many, of all videos whose job is there.</summary>
    public int Step { get; init; }

    public int Steps { get; init; }

    /// <summary>How many of the videos are there.</summary>
    public int Completed { get; init; }

    /// <summary>How many videos the batch has.</summary>
    public int Videos { get; init; }
}
