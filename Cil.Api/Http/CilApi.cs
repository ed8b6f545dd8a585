using Cil.Api.Health;
using Cil.Api.Jobs;
using Cil.Api.Media;
using Cil.Api.Queue;
using Cil.Api.Statistics;
using Cil.Client.Http;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Cil.Api.Http;

/// <summary>The native HTTP API. Everything it does it asks of <see cref="ICilClient"/>.</summary>
public static class CilApi
{
    private const int Mebibyte = 1 << 20;

    public static long Bytes(int mebibytes) => (long)mebibytes * Mebibyte;

    public static IServiceCollection AddCilApi(this IServiceCollection services, int uploadMebibytes)
    {
        services.AddRouting();
        services.Configure<FormOptions>(form => form.MultipartBodyLengthLimit = Bytes(uploadMebibytes));
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = ApiJson.Options.PropertyNamingPolicy;
            foreach (var converter in ApiJson.Options.Converters) json.SerializerOptions.Converters.Add(converter);
        });
        return services;
    }

    public static void MapCilApi(this IEndpointRouteBuilder routes)
    {
        HealthRoutes.Map(routes);
        RouteGroupBuilder api = routes.MapGroup("/api").AddEndpointFilter(ExplainAsync);
        JobRoutes.Map(api);
        MediaRoutes.Map(api);
        QueueRoutes.Map(api);
        StatisticsRoutes.Map(api);
    }

    /// <summary>No such job, or nothing of that kind of it.</summary>
    internal static IResult NotFound(string what) => Error(StatusCodes.Status404NotFound, ApiError.NotFound, what, []);

    internal static IResult Refuse(IReadOnlyList<RequestError> faults) => Error(
        StatusCodes.Status400BadRequest, ApiError.InvalidRequest, string.Join("; ", faults.Select(fault => $"{fault.Field}: {fault.Message}")), faults);

    /// <summary>A job's id as a path has it; null for what is none.</summary>
    internal static RenderJobId? Id(string text)
    {
        try
        {
            return new RenderJobId(text);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // The client's errors in HTTP's words, in one place.
    private static async ValueTask<object?> ExplainAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        try
        {
            return await next(context);
        }
        catch (RequestRefusedException refused)
        {
            return Refuse(refused.Faults);
        }
        catch (QueueFullException full)
        {
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling(full.RetryAfter.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return Error(StatusCodes.Status429TooManyRequests, ApiError.QueueFull, full.Message, []);
        }
        catch (Exception error) when (error is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } or InvalidDataException)
        {
            return Error(StatusCodes.Status413PayloadTooLarge, ApiError.TooLarge, error.Message, []);
        }
        catch (BadHttpRequestException error)
        {
            return Error(error.StatusCode, ApiError.InvalidRequest, error.Message, []);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException && !http.Response.HasStarted)
        {
            // A silo is being lost; another takes its grains up in a moment.
            http.Response.Headers.RetryAfter = "1";
            return Error(StatusCodes.Status503ServiceUnavailable, ApiError.Unavailable, error.Message, []);
        }
    }

    private static IResult Error(int status, string code, string message, IReadOnlyList<RequestError> faults) =>
        Results.Json(new ApiError(code, message, faults), ApiJson.Options, statusCode: status);
}
