using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Cil.Api.Http;

/// <summary>Reads a request's JSON: strictly, up to a size, with every field's error at once.</summary>
internal static class JsonBody
{
    private const string JsonType = "application/json";

    /// <summary>JSON may escape half of a pair of surrogates, which is found only when the text is asked for.</summary>
    internal const string HalfCharacter = "a text has half of a pair of surrogates (\\ud800 to \\udfff), which is no character";

    private static readonly JsonSerializerOptions Strict = new(ApiJson.Options)
    {
        AllowDuplicateProperties = false, RespectNullableAnnotations = true,
    };

    /// <param name="limit">In bytes.</param>
    /// <exception cref="BadHttpRequestException">It is no JSON, or too large.</exception>
    /// <exception cref="RequestRefusedException">Fields are not what they should be.</exception>
    internal static async Task<T> ReadAsync<T>(HttpRequest request, int limit, CancellationToken cancellationToken)
        where T : class
    {
        var errors = new List<RequestError>();
        T value = await ReadAsync<T>(request, limit, errors, cancellationToken);
        return errors.Count == 0 ? value : throw new RequestRefusedException(errors);
    }

    /// <summary>
    /// The same, without the fields that cannot be read, so that the others are checked all the same. Of what must have a field that is
    /// not there nothing is read, and the exception tells of it.
    /// </summary>
    /// <param name="errors">Takes up what is wrong with the fields that are left out.</param>
    internal static async Task<T> ReadAsync<T>(
        HttpRequest request, int limit, ICollection<RequestError> errors, CancellationToken cancellationToken)
        where T : class
    {
        _ = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type);
        if (type is null || !type.MediaType.Equals(JsonType, StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException(
                $"expected {JsonType}, got {(type is null ? "none" : $"'{type.MediaType}'")}", StatusCodes.Status415UnsupportedMediaType);
        }

        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw new BadHttpRequestException(
                $"expected {JsonType} in UTF-8, got '{type.Charset}'", StatusCodes.Status415UnsupportedMediaType);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
        try
        {
            using JsonDocument document = await JsonDocument.ParseAsync(request.Body, default, cancellationToken);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new BadHttpRequestException($"expected a JSON object, got {Kind(document.RootElement)}");
            RequestError[] found = [.. Errors(document.RootElement, typeof(T))];
            if (found.Length == 0) return document.RootElement.Deserialize<T>(Strict)!;
            if (Strict.GetTypeInfo(typeof(T)).Properties.Any(property => property.IsRequired)) throw new RequestRefusedException(found);
            foreach (RequestError error in found) errors.Add(error);
            var readable = new JsonObject();
            foreach (JsonProperty field in document.RootElement.EnumerateObject())
            {
                if (!found.Any(error => error.Field == field.Name)) readable[field.Name] = JsonNode.Parse(field.Value.GetRawText());
            }

            return readable.Deserialize<T>(Strict)!;
        }
        catch (JsonException error)
        {
            throw new BadHttpRequestException("the body is no JSON, or breaks off", error);
        }
        catch (InvalidOperationException error)
        {
            throw new BadHttpRequestException(HalfCharacter, error);
        }
    }

    private static IEnumerable<RequestError> Errors(JsonElement body, Type type)
    {
        IList<JsonPropertyInfo> known = Strict.GetTypeInfo(type).Properties;
        string[] names = [.. known.Where(property => property.Set is not null).Select(property => property.Name)];
        foreach (IGrouping<string, JsonProperty> field in body.EnumerateObject()
            .GroupBy(field => field.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (known.FirstOrDefault(property => IsNamed(property, field.Key) && property.Set is not null) is not { } property)
                yield return new RequestError(field.Key, $"there is no such field; there are: {string.Join(", ", names)}");
            else if (field.Count() > 1) yield return new RequestError(field.Key, $"given {field.Count()} times");
            else if (!IsReadable(field.First().Value, property))
                yield return new RequestError(field.Key, $"expected {Expected(property.PropertyType)}, got {Kind(field.First().Value)}");
        }

        foreach (JsonPropertyInfo property in known.Where(
            property => property.IsRequired && !body.EnumerateObject().Any(field => IsNamed(property, field.Name))))
        {
            yield return new RequestError(property.Name, $"expected {Expected(property.PropertyType)}; nothing was given");
        }
    }

    private static bool IsNamed(JsonPropertyInfo property, string name) => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool IsReadable(JsonElement value, JsonPropertyInfo property)
    {
        if (value.ValueKind == JsonValueKind.Null) return property.IsSetNullable;
        try
        {
            bool isText = value.ValueKind == JsonValueKind.String
                && property.NumberHandling is { } handling
                && handling.HasFlag(JsonNumberHandling.AllowReadingFromString);
            _ = isText
                ? JsonSerializer.Deserialize(value.GetString()!, property.PropertyType, Strict)
                : value.Deserialize(property.PropertyType, Strict);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Expected(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain == typeof(string)) return "text";
        if (plain == typeof(bool)) return "true or false";
        if (plain == typeof(double) || plain == typeof(float)) return "a number";
        if (plain == typeof(int) || plain == typeof(long) || plain == typeof(ulong)) return "a whole number";
        if (plain.IsEnum) return $"one of {string.Join(", ", Enum.GetNames(plain).Select(ApiJson.Field))}";
        return typeof(System.Collections.IEnumerable).IsAssignableFrom(plain) ? "a list" : "an object";
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"'{Short(value.GetString()!)}'",
        _ => Short(value.GetRawText()),
    };

    private static string Short(string text) => text.Length <= 100 ? text : $"{text[..100]}…";
}
