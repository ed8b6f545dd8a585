using Cil.Client.Contracts;
using Cil.Interfaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Http;

/// <summary>What all addresses share.</summary>
internal static class Routes
{
    /// <summary>An address that is only read: GET, and HEAD for its headers.</summary>
    internal static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        routes.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], handler);

    /// <summary>A job's id as a path has it; null for what is none.</summary>
    internal static RenderJobId? Id(string text) => RenderJobId.IsId(text) ? new RenderJobId(text) : null;

    internal static IResult Json<T>(T value, int status = StatusCodes.Status200OK) =>
        Results.Json(value, ApiJson.Options, statusCode: status);
}
