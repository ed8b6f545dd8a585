using Cil.Api.Http;
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
    private const string Name = "v1", Title = "Cil", Key = "key", Form = "multipart/form-data";

    internal static void Add(IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = Title, Version = "1", Description = "Videos from a picture and a prompt. docs/api.md says more." };
            // HEAD is GET without a body; generated clients need no method for it.
            foreach (IOpenApiPathItem path in document.Paths.Values) _ = path.Operations?.Remove(HttpMethod.Head);
            // Wherever it is served.
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                [Key] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of 'cil keys create', or a token" },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Describe(operation, context);
            return Task.CompletedTask;
        });
    });

    internal static void Map(WebApplication application)
    {
        application.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        application.MapScalarApiReference("/reference", options => options.WithTitle(Title).AddDocument(Name).DisableTelemetry()).AllowAnonymous();
    }

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<OperationName>().LastOrDefault() is { } name) operation.OperationId = name.Name;
        // Errors below /v1 are others.
        if (context.Description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true) _ = operation.Responses?.Remove("400");
        foreach (string parameter in metadata.OfType<QueryDescription>().SelectMany(query => query.Names))
            (operation.Parameters ??= []).Add(new OpenApiParameter { Name = parameter, In = ParameterLocation.Query, Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
        if (metadata.OfType<FormDescription>().LastOrDefault() is not { } form) return;
        var properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        foreach ((string field, string description) in form.Fields) properties[field] = new OpenApiSchema { Type = JsonSchemaType.String, Description = description };
        foreach (string file in form.Files) properties[file] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [Form] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = properties } } },
        };
    }
}
