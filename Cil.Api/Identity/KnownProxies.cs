using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;

namespace Cil.Api.Identity;

/// <summary>Believes proxies that the options name, and no others, whom a request is from and whether it came by HTTPS.</summary>
internal static class KnownProxies
{
    internal static void Use(WebApplication application, IdentityOptions identity)
    {
        if (identity.Proxies.Count == 0) return;
        // From one known proxy to the next, to the first address that is none.
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (string proxy in identity.Proxies)
        {
            if (IPAddress.TryParse(proxy, out IPAddress? address)) options.KnownProxies.Add(address);
            else options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }

        application.UseForwardedHeaders(options);
    }
}
