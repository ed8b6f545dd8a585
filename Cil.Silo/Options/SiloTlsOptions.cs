namespace Cil.Silo.Options;

/// <summary>
/// TLS between silos, and between them and Orleans clients; both sides show a certificate (docs/cluster.md). All three or
/// none.
/// </summary>
public sealed class SiloTlsOptions
{
    /// <summary>The silo's certificate, a PEM file, with those between it and the authority behind it. Default none: no TLS.</summary>
    public string? Certificate { get; set; }

    /// <summary>The key of the certificate, a PEM file. Default none.</summary>
    public string? Key { get; set; }

    /// <summary>Whose certificates are trusted, a PEM file; of no other use to a caller. Default none.</summary>
    public string? Authority { get; set; }

    /// <summary>Whether there is to be TLS.</summary>
    internal bool IsOn => Certificate is not null;
}
