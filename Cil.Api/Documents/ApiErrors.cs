using System.Globalization;
using System.Text.Json.Nodes;
using Cil.Api.Http;
using Cil.Client.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace Cil.Api.Documents;

/// <summary>The answers that are no success, the same on all calls of a face.</summary>
internal static class ApiErrors
{
    private const string JsonType = "application/json", CompatibleSchema = "VideoError", Compatible = "Compatible";

    // What can be done in some states only.
    private static readonly string[] OfStates = ["pauseJob", "unpauseJob", "retryJob", "approveJob", "rejectJob", "setPriority"];

    private static readonly Dictionary<int, string> Descriptions = new()
    {
        [StatusCodes.Status400BadRequest] = "Fields or parameters are wrong: all that are, are listed",
        [StatusCodes.Status401Unauthorized] = "No key, or one that is not known",
        [StatusCodes.Status403Forbidden] = "The key does not allow this",
        [StatusCodes.Status404NotFound] = "It is not there, or another tenant's",
        [StatusCodes.Status409Conflict] = "The job's state does not allow this",
        [StatusCodes.Status413PayloadTooLarge] = "The body is larger than the service takes",
        [StatusCodes.Status415UnsupportedMediaType] = "The body is of another type than those that are taken",
        [StatusCodes.Status422UnprocessableEntity] = "The idempotency key is another request's",
        [StatusCodes.Status429TooManyRequests] = "Too much at once, or a quota is used up",
        [StatusCodes.Status503ServiceUnavailable] = "The service cannot do this for a moment",
    };

    internal static void Add(OpenApiDocument document)
    {
        OpenApiComponents components = document.Components!;
        (components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal))[CompatibleSchema] = VideoError();
        components.Responses ??= new Dictionary<string, IOpenApiResponse>(StringComparer.Ordinal);
        foreach ((string path, IOpenApiPathItem item) in document.Paths)
        {
            bool isCompatible = path.StartsWith("/v1/", StringComparison.Ordinal);
            foreach (OpenApiOperation operation in item.Operations?.Values.AsEnumerable() ?? [])
            {
                foreach (int status in Statuses(path, operation))
                {
                    string phrase = ReasonPhrases.GetReasonPhrase(status).Replace(" ", "", StringComparison.Ordinal);
                    string name = $"{(isCompatible ? Compatible : "")}{phrase}";
                    if (!components.Responses.ContainsKey(name)) components.Responses[name] = Response(document, status, isCompatible);
                    (operation.Responses ??= [])[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponseReference(
                        name, document);
                }
            }
        }
    }

    private static IEnumerable<int> Statuses(string path, OpenApiOperation operation)
    {
        yield return StatusCodes.Status400BadRequest;
        // Answered to everybody.
        if (operation.Security is not { Count: 0 })
        {
            yield return StatusCodes.Status401Unauthorized;
            yield return StatusCodes.Status403Forbidden;
        }

        if (path.Contains('{', StringComparison.Ordinal)) yield return StatusCodes.Status404NotFound;
        if (operation.OperationId is { } name && OfStates.Contains(name)) yield return StatusCodes.Status409Conflict;
        if (operation.RequestBody is { } body)
        {
            yield return StatusCodes.Status413PayloadTooLarge;
            yield return StatusCodes.Status415UnsupportedMediaType;
            if (body.Content?.ContainsKey("multipart/form-data") == true) yield return StatusCodes.Status422UnprocessableEntity;
        }

        yield return StatusCodes.Status429TooManyRequests;
        yield return StatusCodes.Status503ServiceUnavailable;
    }

    private static OpenApiResponse Response(OpenApiDocument document, int status, bool isCompatible)
    {
        string schema = isCompatible ? CompatibleSchema : nameof(ApiProblem), type = isCompatible ? JsonType : ApiProblem.MediaType;
        var response = new OpenApiResponse
        {
            Description = Descriptions[status],
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [type] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchemaReference(schema, document), Example = Example(status, isCompatible),
                },
            },
        };
        if (status == StatusCodes.Status401Unauthorized)
            AddHeader(response, "WWW-Authenticate", "Bearer, and what is wrong with the key", JsonSchemaType.String);
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            AddHeader(response, "Retry-After", "Seconds until it is worth another try", JsonSchemaType.Integer);
        return response;
    }

    private static void AddHeader(OpenApiResponse response, string name, string description, JsonSchemaType type) =>
        (response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal))[name] = new OpenApiHeader
        {
            Description = description, Schema = new OpenApiSchema { Type = type },
        };

    private static JsonObject Example(int status, bool isCompatible)
    {
        Problem problem = status switch
        {
            StatusCodes.Status400BadRequest => Problem.Refused("seconds", "expected a number above 0, got 'long'"),
            StatusCodes.Status409Conflict => new Problem(status, ApiProblem.Conflict, "job 'video_1' is completed: it cannot be paused"),
            StatusCodes.Status422UnprocessableEntity =>
                new Problem(status, ApiProblem.Mismatch, "the job was submitted with another prompt"),
            _ => Problem.Of(status),
        };
        (string code, string detail) = (problem.Code, problem.Detail);
        bool isField = status == StatusCodes.Status400BadRequest;
        if (isCompatible)
        {
            return new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["message"] = detail, ["type"] = CompatibleError.TypeOf(status),
                    ["param"] = isField ? "seconds" : null, ["code"] = code,
                },
            };
        }

        var example = new JsonObject
        {
            ["type"] = "about:blank", ["title"] = ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status, ["detail"] = detail, ["code"] = code,
        };
        if (isField)
        {
            example["errors"] = new JsonArray(
                new JsonObject { ["field"] = "seconds", ["message"] = "expected a number above 0, got 'long'" });
        }

        example["traceId"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
        return example;
    }

    private static OpenApiSchema VideoError() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "An error, as clients of the Videos API read it.",
        Required = new HashSet<string>(StringComparer.Ordinal) { "error" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["error"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string>(StringComparer.Ordinal) { "message", "type", "param", "code" },
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                {
                    ["message"] = Text("For people: all that is wrong."),
                    ["type"] = Text("What kind of error it is."),
                    ["param"] = Text("The first field that is wrong; null where none is to blame.", JsonSchemaType.Null),
                    ["code"] = Text("For programs."),
                },
            },
        },
    };

    private static OpenApiSchema Text(string description, JsonSchemaType also = default) =>
        new() { Type = JsonSchemaType.String | also, Description = description };
}
