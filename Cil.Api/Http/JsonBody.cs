using System.Text.Json;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Cil.Api.Http;

/// <summary>Reads a request's JSON: strictly, up to a size.</summary>
internal static class JsonBody
{
    private const string JsonType = "application/json";

    private static readonly JsonSerializerOptions Strict = new(ApiJson.Options) { AllowDuplicateProperties = false, RespectNullableAnnotations = true };

    /// <param name="limit">In bytes.</param>
    /// <exception cref="BadHttpRequestException">It is no JSON, or too large.</exception>
    /// <exception cref="RequestRefusedException">A field is not what it should be.</exception>
    internal static async Task<T> ReadAsync<T>(HttpRequest request, int limit, CancellationToken cancellationToken)
        where T : class
    {
        _ = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type);
        if (type is null || !type.MediaType.Equals(JsonType, StringComparison.OrdinalIgnoreCase))
            throw new BadHttpRequestException($"expected {JsonType}, got {(type is null ? "none" : $"'{type.MediaType}'")}", StatusCodes.Status415UnsupportedMediaType);
        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new BadHttpRequestException($"expected {JsonType} in UTF-8, got '{type.Charset}'", StatusCodes.Status415UnsupportedMediaType);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limit;
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Strict, cancellationToken) ?? throw new BadHttpRequestException("expected a JSON object, got null");
        }
        catch (JsonException error)
        {
            // The path is $ or $.name; the message names types of ours.
            if (error.Path is not { Length: > 2 } path) throw new BadHttpRequestException("the body is no JSON, or breaks off", error);
            throw new RequestRefusedException([new RequestError(path[2..], "there is no such field, it is given twice, or its value is of another kind")]);
        }
    }
}
