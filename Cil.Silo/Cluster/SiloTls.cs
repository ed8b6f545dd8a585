using Cil.Silo.Options;
using Orleans.Connections.Security;
using Orleans.Hosting;

namespace Cil.Silo.Cluster;

/// <summary>
/// TLS between silos, and between them and Orleans clients. Who shows a certificate of the authority is one of the cluster: silos
/// come and go under addresses that no certificate names.
/// </summary>
internal static class SiloTls
{
    // Sent in the clear; not compared with anything.
    private const string Name = "cil";

    internal static void Use(ISiloBuilder silo, SiloTlsOptions options)
    {
        if (!options.IsOn) return;
        SiloCertificates certificates = SiloCertificates.Read(options);
        _ = silo.UseTls(tls => Configure(tls, certificates));
    }

    internal static void Use(IClientBuilder client, SiloTlsOptions options)
    {
        if (!options.IsOn) return;
        SiloCertificates certificates = SiloCertificates.Read(options);
        _ = client.UseTls(tls => Configure(tls, certificates));
    }

    private static void Configure(TlsOptions tls, SiloCertificates certificates)
    {
        tls.LocalCertificate = certificates.Own;
        tls.RemoteCertificateMode = tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (remote, chain, _) => certificates.Trusts(remote, chain);
        tls.OnAuthenticateAsClient = (_, ssl) => ssl.TargetHost = Name;
    }
}
