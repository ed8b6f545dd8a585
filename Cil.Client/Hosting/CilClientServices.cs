using System.Net.Http.Headers;
using Cil.Client.Http;
using Cil.Client.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Cil.Client.Hosting;

/// <summary>Adds the client to a host.</summary>
public static class CilClientServices
{
    /// <summary>The name of the HTTP client and of its pipeline.</summary>
    public const string ClientName = "Cil";

    /// <summary>
    /// Adds an <see cref="ICilClient"/> that calls a service over HTTP, for services outside the cluster. It may be held by singletons:
    /// connections are renewed every two minutes, so that a change of the service's addresses is noticed.
    /// </summary>
    /// <remarks>
    /// Calls are repeated with growing pauses after no answer and after 408, 429, 502, 503 and 504, and only where the service does the
    /// same when they come twice: all calls of the client, since its POST requests carry an idempotency key. Retry-After is obeyed.
    /// </remarks>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options; they are checked when the host starts.</param>
    /// <returns>For further settings of the HTTP client, such as handlers of one's own.</returns>
    /// <exception cref="OptionsValidationException">At the host's start: the options are wrong; all that is wrong is listed.</exception>
    public static IHttpClientBuilder AddCilClient(this IServiceCollection services, Action<CilClientOptions> configure)
    {
        services.AddOptions<CilClientOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CilClientOptions>, CilClientOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        IHttpClientBuilder builder = services.AddHttpClient(ClientName, Configure)
            .AddTypedClient<ICilClient>(http => new HttpCilClient(http))
            .UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        _ = builder.AddResilienceHandler(ClientName, AddPolicies);
        return builder;
    }

    private static void Configure(IServiceProvider services, HttpClient http)
    {
        CilClientOptions options = services.GetRequiredService<IOptions<CilClientOptions>>().Value;
        string address = options.Address!.AbsoluteUri;
        // Relative addresses are below it.
        http.BaseAddress = new Uri(address.EndsWith('/') ? address : $"{address}/");
        http.Timeout = Timeout.InfiniteTimeSpan;
        if (options.Key is { } key) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    private static void AddPolicies(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context)
    {
        CilClientOptions options = context.ServiceProvider.GetRequiredService<IOptions<CilClientOptions>>().Value;
        TimeProvider clock = context.ServiceProvider.GetRequiredService<TimeProvider>();
        pipeline.TimeProvider = clock;
        if (options.Retries > 0)
        {
            _ = pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                MaxDelay = options.LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = true,
                ShouldHandle = attempt => ValueTask.FromResult(ShouldRepeat(attempt, options, clock)),
            });
        }

        _ = pipeline.AddTimeout(options.Timeout);
    }

    private static bool ShouldRepeat(RetryPredicateArguments<HttpResponseMessage> attempt, CilClientOptions options, TimeProvider clock) =>
        attempt.Context.GetRequestMessage() is { } request && RepeatPolicy.IsRepeatable(request) && attempt.Outcome switch
        {
            { Exception: HttpRequestException or TimeoutRejectedException } => true,
            { Result: { } answer } => RepeatPolicy.IsTransient(answer, options.LongestDelay, clock.GetUtcNow()),
            _ => false,
        };
}
