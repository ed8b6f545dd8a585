using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cil.Silo.Options;

/// <summary>What the files of <see cref="SiloTlsOptions"/> hold.</summary>
/// <param name="own">The silo's, with its key.</param>
/// <param name="authority">Whose certificates are trusted.</param>
/// <param name="between">Those between the two.</param>
internal sealed class SiloCertificates(
    X509Certificate2 own, X509Certificate2Collection authority, X509Certificate2Collection between) : IDisposable
{
    internal X509Certificate2 Own => own;

    /// <exception cref="CryptographicException">A file is none of PEM, or the key is another certificate's.</exception>
    /// <exception cref="ArgumentException">The same.</exception>
    internal static SiloCertificates Read(SiloTlsOptions options)
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(options.Authority!);
        if (authority.Count == 0) throw new CryptographicException("the authority's file has no certificate");
        var between = new X509Certificate2Collection();
        between.ImportFromPemFile(options.Certificate!);
        return new SiloCertificates(X509Certificate2.CreateFromPemFile(options.Certificate!, options.Key), authority, between);
    }

    /// <summary>Whether a certificate is of the authority.</summary>
    /// <param name="sent">The chain that came with it.</param>
    internal bool Trusts(X509Certificate2? remote, X509Chain? sent)
    {
        if (remote is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authority);
        chain.ChainPolicy.ExtraStore.AddRange(between);
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(remote);
    }

    public void Dispose()
    {
        own.Dispose();
        foreach (X509Certificate2 one in authority.Concat(between)) one.Dispose();
    }
}
