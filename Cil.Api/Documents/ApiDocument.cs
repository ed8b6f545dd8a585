using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cil.Api.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Cil.Api.Documents;

/// <summary>The API as a document of OpenAPI 3.1, and a page to read it and try it out.</summary>
internal static class ApiDocument
{
    private const string Name = "v1", Title = "Cil", Key = "key", Form = "multipart/form-data", Licence = "Apache-2.0";

    internal static void Add(IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.AddOperationTransformer((operation, context, _) =>
        {
            Describe(operation, context);
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            DescribeNumber(schema, context.JsonPropertyInfo);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            Complete(document);
            return Task.CompletedTask;
        });
    });

    internal static void Map(WebApplication application)
    {
        application.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        application.MapScalarApiReference(
            "/reference", options => options.WithTitle(Title).AddDocument(Name).DisableTelemetry()).AllowAnonymous();
    }

    private static void Complete(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = Title,
            Version = "1",
            Summary = "A rendering grid for image-to-video diffusion",
            Description = "Videos from a picture and a prompt. docs/api.md says more.",
            License = new OpenApiLicense { Name = Licence, Identifier = Licence },
        };
        // HEAD is GET without a body; generated clients need no method for it.
        foreach (IOpenApiPathItem path in document.Paths.Values) _ = path.Operations?.Remove(HttpMethod.Head);
        // Wherever it is served.
        document.Servers = [new OpenApiServer { Url = "/", Description = "The service that this document comes from" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Key] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of 'cil keys create', or a token",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
        ApiTags.Add(document);
        ApiErrors.Add(document);
    }

    // JavaScript's numbers hold no 64 bits: such numbers are text on the wire.
    private static void DescribeNumber(OpenApiSchema schema, JsonPropertyInfo? property)
    {
        if (property?.NumberHandling?.HasFlag(JsonNumberHandling.WriteAsString) != true) return;
        (schema.Type, schema.Format, schema.Pattern) = (JsonSchemaType.String | (schema.Type & JsonSchemaType.Null), null, "^[0-9]+$");
        (schema.Minimum, schema.Maximum) = (null, null);
    }

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<OperationName>().LastOrDefault() is { } name) operation.OperationId = name.Name;
        if (metadata.OfType<IAllowAnonymous>().Any()) operation.Security = [];
        foreach (string parameter in metadata.OfType<QueryDescription>().SelectMany(query => query.Names))
        {
            (operation.Parameters ??= [])
                .Add(new OpenApiParameter { Name = parameter, In = ParameterLocation.Query, Schema = ApiParameters.Schema(parameter) });
        }

        foreach (OpenApiParameter parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            parameter.Description ??= ApiParameters.Describe(parameter.Name!);
        if (metadata.OfType<BodyExample>().LastOrDefault() is { } example)
            foreach (OpenApiMediaType type in operation.RequestBody?.Content?.Values.AsEnumerable() ?? []) type.Example = example.ToJson();
        if (metadata.OfType<FormDescription>().LastOrDefault() is not { } form) return;
        var properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        foreach ((string field, string description) in form.Fields)
            properties[field] = new OpenApiSchema { Type = JsonSchemaType.String, Description = description };
        foreach (string file in form.Files)
        {
            properties[file] = new OpenApiSchema
            {
                Type = JsonSchemaType.String, Format = "binary", Description = ApiParameters.Describe(file),
            };
        }

        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [Form] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties } },
            },
        };
    }
}
