using System.Security.Cryptography;
using System.Text;
using Cil.Interfaces;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Http;

/// <summary>The header by which a client tells a request that it sends again from a new one.</summary>
internal static class IdempotencyKey
{
    private const string Header = "Idempotency-Key";
    private const int KeyDigits = 32, MostKey = 256;

    /// <summary>The id of the job that the key stands for; null where there is none.</summary>
    /// <param name="tenant">Two tenants may choose the same key.</param>
    internal static RenderJobId? Of(HttpRequest http, string tenant, List<RequestError> errors)
    {
        if (http.Headers[Header].ToString() is not { Length: > 0 } key) return null;
        if (key.Length <= MostKey)
        {
            return new RenderJobId(
                $"key_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{key}")))[..KeyDigits]}");
        }

        errors.Add(new RequestError(Header, $"at most {MostKey} characters, got {key.Length}"));
        return null;
    }
}
