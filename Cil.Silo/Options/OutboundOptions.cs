namespace Cil.Silo.Options;

/// <summary>What a silo reaches for tenants: their webhook endpoints, and pictures at addresses.</summary>
public sealed class OutboundOptions
{
    /// <summary>How long a webhook endpoint may take to answer. Default 15 s.</summary>
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether a picture is fetched where a request of the Videos API gives its address. Default false.</summary>
    public bool Pictures { get; set; }

    /// <summary>How long fetching a picture may take. Default 20 s.</summary>
    public TimeSpan PictureTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Networks that may be reached although they are not public, such as 10.20.0.0/16. Default none.</summary>
    public IList<string> Networks { get; set; } = [];

    /// <summary>Whether http:// is taken for loopback addresses, which are to be among <see cref="Networks"/> too. Default false.</summary>
    public bool LoopbackHttp { get; set; }

    /// <summary>A PEM file of certificates whose signatures are trusted besides the system's. Default none.</summary>
    public string? Authorities { get; set; }
}
