using Cil.Api.Documents;
using Cil.Api.Health;
using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Api.Jobs;
using Cil.Api.Media;
using Cil.Api.Queue;
using Cil.Api.Statistics;
using Cil.Api.Tenants;
using Cil.Api.Videos;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.Api;

/// <summary>The native HTTP API. Everything it does it asks of <see cref="Client.Jobs.ICilClient"/>.</summary>
public static class CilApi
{
    private const int Mebibyte = 1 << 20;

    public static IServiceCollection AddCilApi(this IServiceCollection services, IdentityOptions identity)
    {
        services.AddRouting();
        ApiDocument.Add(services);
        services.AddSingleton<RecentRequests>();
        services.AddSingleton<VideoServices>();
        IdentitySetup.Add(services, identity);
        services.AddHealthChecks().AddCheck<ReadinessCheck>(HealthRoutes.Ready);
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        return services;
    }

    /// <summary>The server's limits that go with the API's own.</summary>
    public static void Limit(KestrelServerOptions kestrel, int uploadMebibytes)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = (long)uploadMebibytes * Mebibyte;
        kestrel.Limits.MaxRequestLineSize = HeaderLimits.AddressBytes * HeaderLimits.Slack;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderLimits.HeaderBytes * HeaderLimits.Slack;
        kestrel.Limits.MaxRequestHeaderCount = HeaderLimits.Headers * HeaderLimits.Slack;
    }

    /// <summary>Answers the API's addresses, and every other with a problem.</summary>
    public static void UseCilApi(this WebApplication application, IdentityOptions identity)
    {
        application.UseMiddleware<ErrorMiddleware>();
        application.UseMiddleware<HeaderLimits>();
        application.UseRouting();
        IdentitySetup.Use(application, identity);
        HealthRoutes.Map(application);
        RouteGroupBuilder api = application.MapGroup("/api");
        api.RequireAuthorization(Scope.Read);
        JobRoutes.Map(api);
        MediaRoutes.Map(api);
        QueueRoutes.Map(api);
        StatisticsRoutes.Map(api);
        TenantRoutes.Map(api);
        VideoRoutes.Map(application);
        ApiDocument.Map(application);
    }
}
