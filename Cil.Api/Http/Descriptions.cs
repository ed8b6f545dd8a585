using Cil.Client.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Http;

/// <summary>What the API's document says of an address.</summary>
internal static class Descriptions
{
    /// <param name="name">What generated clients call it.</param>
    internal static RouteHandlerBuilder Describe<T>(
        this RouteHandlerBuilder route, string name, string summary, int status = StatusCodes.Status200OK, string? contentType = null) =>
        route.WithSummary(summary)
            .WithMetadata(new OperationName(name))
            .Produces<T>(status, contentType)
            .Produces<ApiProblem>(StatusCodes.Status400BadRequest, ApiProblem.MediaType);

    /// <summary>Of an answer that is a file, or empty.</summary>
    internal static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder route, string name, string summary, int status = StatusCodes.Status200OK, string? contentType = null) =>
        route.WithSummary(summary)
            .WithMetadata(new OperationName(name))
            .Produces(status, responseType: contentType is null ? null : typeof(Stream), contentType);

    /// <summary>A body that it takes.</summary>
    internal static RouteHandlerBuilder WithExample(this RouteHandlerBuilder route, object body) =>
        route.WithMetadata(new BodyExample(body));

    /// <summary>What its query may have.</summary>
    internal static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, params IReadOnlyList<string> names) =>
        route.WithMetadata(new QueryDescription(names));

    /// <summary>That it takes a form of several parts.</summary>
    internal static RouteHandlerBuilder WithForm(
        this RouteHandlerBuilder route, IEnumerable<(string Name, string Description)> fields, IReadOnlyList<string> files) =>
        route.WithMetadata(new FormDescription([.. fields], files));
}
