using System.Security.Cryptography;
using Cil.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Cil.Api.Page;

/// <summary>The web page. Its files are in the assembly, so that every coordinator serves it; what it shows it asks of /api.</summary>
internal static class PageRoutes
{
    /// <summary>Scripts, styles and requests of this origin alone. Media that are fetched with a key are blobs of the page's own.</summary>
    internal const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly (string Path, string File, string Type)[] Files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/page.js", "page.js", "text/javascript; charset=utf-8"),
        ("/page.css", "page.css", "text/css; charset=utf-8"),
        ("/page.svg", "page.svg", "image/svg+xml"),
    ];

    internal static void Map(IEndpointRouteBuilder routes)
    {
        foreach ((string path, string file, string type) in Files)
        {
            byte[] content = Read(file);
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
            _ = routes.MapRead(path, (HttpResponse response) =>
            {
                response.Headers.ContentSecurityPolicy = Policy;
                response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
                // Asked for again each time, and seldom sent again: a service that was renewed has its own page.
                response.Headers.CacheControl = "no-cache";
                return Results.Bytes(content, type, entityTag: tag);
            }).AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static byte[] Read(string file)
    {
        using Stream stream = typeof(PageRoutes).Assembly.GetManifestResourceStream($"page/{file}")
            ?? throw new InvalidOperationException($"the assembly has no page/{file}");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
