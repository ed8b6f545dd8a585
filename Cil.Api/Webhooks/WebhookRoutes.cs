using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Api.Videos;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Orleans;

namespace Cil.Api.Webhooks;

/// <summary>
/// Webhook endpoints of the caller's tenant, as OpenAI's client asks for them; and their deliveries, which it does not know.
/// </summary>
internal static class WebhookRoutes
{
    private const int MostBytes = 16 << 10, MostListed = 100, StandardListed = 20;
    private const string JsonType = "application/json", Limit = "limit",
        After = "after", EventTypes = "event_types", EventType = "event_type";

    private static readonly ApiWebhookSettings Example = new()
    {
        Name = "mine", Url = "https://hooks.example.org/cil", EventTypes = WebhookEventTypes.All,
    };

    internal static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder api = routes.MapGroup("/v1");
        api.RequireAuthorization(Scope.Read);
        api.MapRead("/webhook_event_types", () => Routes.Json(new WebhookEventTypeList(WebhookEventTypes.All)))
            .Describe<WebhookEventTypeList>("listWebhookEventTypes", "The events that there are");
        api.MapRead("/webhook_endpoints", ListAsync)
            .Describe<VideoList<ApiWebhookEndpoint>>("listWebhookEndpoints", "A page of endpoints, newest first")
            .WithQuery(Limit, After);
        api.MapRead("/webhook_endpoints/{id}", ShowAsync).Describe<ApiWebhookEndpoint>("retrieveWebhookEndpoint", "An endpoint");
        api.MapRead("/webhook_endpoints/{id}/deliveries", DeliveriesAsync)
            .Describe<VideoList<ApiWebhookDelivery>>("listWebhookDeliveries", "The last deliveries, newest first");
        RouteGroupBuilder render = api.MapGroup("");
        render.RequireAuthorization(Scope.Render);
        render.MapPost("/webhook_endpoints", CreateAsync).Accepts<ApiWebhookSettings>(JsonType)
            .Describe<ApiWebhookEndpoint>("createWebhookEndpoint", "Adds an endpoint; its signing secret is in this answer only")
            .WithExample(Example);
        render.MapPost("/webhook_endpoints/{id}", UpdateAsync).Accepts<ApiWebhookSettings>(JsonType)
            .Describe<ApiWebhookEndpoint>(
                "updateWebhookEndpoint", "Changes what is named; an address enables an endpoint that was disabled").WithExample(Example);
        render.MapDelete("/webhook_endpoints/{id}", DeleteAsync)
            .Describe<WebhookEndpointDeleted>("deleteWebhookEndpoint", "Removes an endpoint with its deliveries");
        render.MapPost("/webhook_endpoints/{id}/rotate_secret", RotateAsync).Accepts<ApiWebhookRotation>(isOptional: true, JsonType)
            .Describe<ApiWebhookEndpoint>("rotateWebhookSecret", "Makes a new signing secret, which is in this answer only")
            .WithExample(new ApiWebhookRotation { KeepsOldSecret = true });
        render.MapPost("/webhook_endpoints/{id}/test", TestAsync)
            .Accepts<ApiWebhookTest>(JsonType)
            .Describe<ApiWebhookTestResult>("testWebhookEndpoint", "Sends an example at once")
            .WithExample(new ApiWebhookTest { EventType = WebhookEventTypes.Completed });
        render.MapPost("/webhook_endpoints/{id}/deliveries/{delivery}/resend", ResendAsync)
            .Describe<ApiWebhookDelivery>("resendWebhookDelivery", "Delivers an event again");
    }

    private static IWebhookGrain Grain(HttpContext http, IGrainFactory grains) => grains.GetGrain<IWebhookGrain>(Caller.Of(http).Tenant);

    private static async Task<IResult> ListAsync(HttpContext http, IGrainFactory grains)
    {
        var reader = new QueryReader(http.Request, Limit, After);
        int limit = reader.Whole(Limit, 1, MostListed, StandardListed);
        IReadOnlyList<WebhookEndpoint> all = await Grain(http, grains).ListAsync();
        int first = 0;
        if (reader.Text(After) is { } after && (first = all.TakeWhile(endpoint => endpoint.Id != after).Count() + 1) > all.Count)
            reader.Add(After, $"webhook endpoint '{after}' is not there");
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        ApiWebhookEndpoint[] page = [.. all.Skip(first).Take(limit).Select(endpoint => endpoint.ToApi())];
        return Routes.Json(
            new VideoList<ApiWebhookEndpoint>(page, page.FirstOrDefault()?.Id, page.LastOrDefault()?.Id, all.Count > first + page.Length));
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, IGrainFactory grains) =>
        (await Grain(http, grains).ListAsync()).FirstOrDefault(endpoint => endpoint.Id == id) is { } found
            ? Routes.Json(found.ToApi())
            : NotThere(id);

    private static async Task<IResult> CreateAsync(HttpContext http, IGrainFactory grains, CancellationToken cancellationToken)
    {
        WebhookSettings settings = await ReadAsync(http, grains, isNew: true, cancellationToken);
        return Answer("", await Grain(http, grains).CreateAsync(settings));
    }

    // All that is wrong: fields that cannot be read, and the others' values.
    private static async Task<WebhookSettings> ReadAsync(
        HttpContext http, IGrainFactory grains, bool isNew, CancellationToken cancellationToken)
    {
        var errors = new List<RequestError>();
        WebhookSettings settings =
            (await JsonBody.ReadAsync<ApiWebhookSettings>(http.Request, MostBytes, errors, cancellationToken)).FromApi();
        if (errors.Count == 0) return settings;
        HashSet<string> known = [.. errors.Select(error => error.Field)];
        IReadOnlyList<RequestError> others = await Grain(http, grains).CheckAsync(settings, isNew);
        throw new RequestRefusedException([.. errors, .. others.Select(Named).Where(error => !known.Contains(error.Field))]);
    }

    private static async Task<IResult> UpdateAsync(string id, HttpContext http, IGrainFactory grains, CancellationToken cancellationToken)
    {
        WebhookSettings settings = await ReadAsync(http, grains, isNew: false, cancellationToken);
        return Answer(id, await Grain(http, grains).UpdateAsync(id, settings));
    }

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, IGrainFactory grains) =>
        await Grain(http, grains).DeleteAsync(id) ? Routes.Json(new WebhookEndpointDeleted(id)) : NotThere(id);

    private static async Task<IResult> RotateAsync(string id, HttpContext http, IGrainFactory grains, CancellationToken cancellationToken)
    {
        ApiWebhookRotation rotation = http.Request.ContentType is null
            ? new ApiWebhookRotation()
            : await JsonBody.ReadAsync<ApiWebhookRotation>(http.Request, MostBytes, cancellationToken);
        return Answer(id, await Grain(http, grains).RotateSecretAsync(id, rotation.KeepsOldSecret));
    }

    private static async Task<IResult> TestAsync(string id, HttpContext http, IGrainFactory grains, CancellationToken cancellationToken)
    {
        string type = (await JsonBody.ReadAsync<ApiWebhookTest>(http.Request, MostBytes, cancellationToken)).EventType;
        if (!WebhookEventTypes.All.Contains(type))
            return Problem.Refused(EventType, $"one of {string.Join(", ", WebhookEventTypes.All)}; got '{type}'");
        return await Grain(http, grains).TestAsync(id, type) switch
        {
            null => NotThere(id),
            { Status: { } status } => Routes.Json(new ApiWebhookTestResult { EndpointId = id, EventType = type, StatusCode = status }),
            var attempt =>
                new Problem(StatusCodes.Status400BadRequest, ApiProblem.InvalidRequest, $"the endpoint gave no answer: {attempt.Error}"),
        };
    }

    private static async Task<IResult> DeliveriesAsync(string id, HttpContext http, IGrainFactory grains)
    {
        var reader = new QueryReader(http.Request);
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        if (await Grain(http, grains).DeliveriesAsync(id) is not { } deliveries) return NotThere(id);
        ApiWebhookDelivery[] page = [.. deliveries.Select(delivery => delivery.ToApi())];
        return Routes.Json(new VideoList<ApiWebhookDelivery>(page, page.FirstOrDefault()?.Id, page.LastOrDefault()?.Id, HasMore: false));
    }

    private static async Task<IResult> ResendAsync(string id, string delivery, HttpContext http, IGrainFactory grains) =>
        await Grain(http, grains).ResendAsync(id, delivery) is { } again
            ? Routes.Json(again.ToApi())
            : Problem.NotFound($"webhook endpoint '{id}' has no delivery '{delivery}'");

    private static IResult Answer(string id, WebhookAnswer answer) => answer switch
    {
        WebhookAnswer.Done done => Routes.Json(done.Endpoint.ToApi(done.Secret)),
        WebhookAnswer.Refused refused => Problem.Refused([.. refused.Faults.Select(Named)]),
        WebhookAnswer.TooMany many => new Problem(
            StatusCodes.Status400BadRequest, ApiProblem.QuotaExceeded,
            $"a tenant has at most {many.Most} webhook endpoints: delete one first"),
        WebhookAnswer.NotThere => NotThere(id),
        var other => throw new InvalidOperationException($"unknown answer {other}"),
    };

    private static RequestError Named(RequestError error) =>
        error.Field == ApiJson.Field(nameof(WebhookSettings.EventTypes)) ? error with { Field = EventTypes } : error;

    private static Problem NotThere(string id) => Problem.NotFound($"webhook endpoint '{id}' is not there");
}
