namespace Cil.Client.Hosting;

/// <summary>How a host reaches a service. Checked when the host starts; all that is wrong is listed.</summary>
public sealed class CilClientOptions
{
    /// <summary>The service's address, such as https://render.example.org; below it lies /api. Required.</summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// A key as 'cil keys create' makes it, or a token. Default null: none, which a service without keys takes from its own machine.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// How long one try of a call may take, with its upload, up to the beginning of its answer. Above 0 and at most a day. Default 100
    /// seconds. What is followed or downloaded may take longer than that: its answer has begun.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// Times that a call which may be repeated is repeated, 0 to 20. Default 4. With 0 every failure comes to the caller.
    /// </summary>
    public int Retries { get; set; } = 4;

    /// <summary>
    /// The pause before the first repetition, doubled for each further one, with jitter; more than 0. Default half a second. A service
    /// that says Retry-After counts more.
    /// </summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// The longest pause before a repetition, 1 second to an hour. Default 30 seconds. Where the service asks for a longer one, the
    /// failure comes to the caller at once, with <see cref="Jobs.CilApiException.RetryAfter"/>.
    /// </summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(30);
}
