using Cil.Api.Batches;
using Cil.Api.Demand;
using Cil.Api.Documents;
using Cil.Api.Health;
using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Api.Jobs;
using Cil.Api.Media;
using Cil.Api.Models;
using Cil.Api.Page;
using Cil.Api.Queue;
using Cil.Api.Statistics;
using Cil.Api.Tenants;
using Cil.Api.Videos;
using Cil.Api.Webhooks;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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
        services.AddHealthChecks().AddCheck<ReadinessCheck>(HealthRoutes.Ready).AddCheck<LivenessCheck>(HealthRoutes.Live);
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        return services;
    }

    /// <summary>Answers KEDA's questions after the demand for devices at a port of its own, by gRPC.</summary>
    /// <param name="url">Where; port 0 for a free one.</param>
    public static IServiceCollection AddScaler(this IServiceCollection services, string url)
    {
        services.AddSingleton(provider => new ScalerHost(
            url, provider.GetRequiredService<ICilClient>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(provider => provider.GetRequiredService<ScalerHost>());
        return services;
    }

    /// <summary>Where the scaler answers; null where there is none.</summary>
    public static string? ScalerUrl(IServiceProvider services) => services.GetService<ScalerHost>()?.Url;

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
        application.UseMiddleware<SecurityHeaders>();
        application.UseMiddleware<ErrorMiddleware>();
        application.UseMiddleware<HeaderLimits>();
        KnownProxies.Use(application, identity);
        application.UseRouting();
        IdentitySetup.Use(application, identity);
        HealthRoutes.Map(application);
        PageRoutes.Map(application);
        SessionRoutes.Map(application);
        RouteGroupBuilder api = application.MapGroup("/api");
        api.RequireAuthorization(Scope.Read);
        JobRoutes.Map(api);
        BatchRoutes.Map(api);
        MediaRoutes.Map(api);
        ModelRoutes.Map(api);
        QueueRoutes.Map(api);
        DemandRoutes.Map(api);
        StatisticsRoutes.Map(api);
        TenantRoutes.Map(api);
        VideoRoutes.Map(application);
        WebhookRoutes.Map(application);
        ApiDocument.Map(application);
    }
}
