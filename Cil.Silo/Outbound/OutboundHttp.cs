using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Cil.Silo.Options;
using Microsoft.Extensions.Options;

namespace Cil.Silo.Outbound;

/// <summary>The one client for what tenants name: guarded where it connects, without redirects, cookies and proxies.</summary>
internal sealed class OutboundHttp : IDisposable
{
    private const int HeaderKibibytes = 16, MostDrained = 64 << 10, Connections = 16;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10), ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly X509Certificate2Collection authorities = [];

    public OutboundHttp(AddressGuard guard, IOptions<OutboundOptions> options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would connect in our place, to anything.
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = Connections,
            MaxResponseDrainSize = MostDrained,
            MaxResponseHeadersLength = HeaderKibibytes,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectCallback = (context, cancellationToken) => guard.ConnectAsync(context.DnsEndPoint, cancellationToken),
        };
        if (options.Value.Authorities is { } file)
        {
            authorities.ImportFromPemFile(file);
            handler.SslOptions.RemoteCertificateValidationCallback = IsTrusted;
        }

        // Each call has a time limit of its own.
        Client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    internal HttpClient Client { get; }

    public void Dispose()
    {
        Client.Dispose();
        foreach (X509Certificate2 authority in authorities) authority.Dispose();
    }

    /// <summary>Why a request has failed, in words that say nothing of the network that the service is in.</summary>
    internal static string Explain(Exception error, TimeSpan limit)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AddressRefusedException refused: return refused.Message;
                case OperationCanceledException:
                    return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.#} s");
                case System.Security.Authentication.AuthenticationException:
                    return "the connection cannot be trusted: the certificate is not valid for this host, or not of a known authority";
            }
        }

        return error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
            ? "no connection could be made"
            : "the connection broke off, or what came was no answer of HTTP";
    }

    // The host's name has to be right in any case; only who has signed may be another.
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf) return false;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(authorities);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (chain is not null) own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return own.Build(leaf);
    }
}
