using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.Json;
using Cil.Api.Identity;
using Cil.Api.Tests.Identity;
using Cil.Api.Tests.Node;
using OpenAI.Models;

namespace Cil.Api.Tests.Videos;

/// <summary>A tenant that asks too often, through the clients of npm and of .NET: they wait as they are told, and are served.</summary>
public sealed class ClientLimitTests : IAsyncLifetime
{
    private string key = "";

    private SecuredService Secured { get; } = new();

    public async Task InitializeAsync()
    {
        key = (await Secured.Keys.CreateAsync("busy", "", [Scope.Read])).ToString();
        _ = await Secured.StartAsync(options => (options.Identity.RequestsPerSecond, options.Identity.RequestBurst) = (0.5, 2));
    }

    public async Task DisposeAsync() => await Secured.DisposeAsync();

    [Fact]
    public async Task NodeClient_IsRefusedWith429_AndServedWhenItComesAgain()
    {
        JsonElement seen = await NodeProgram.RunAsync("limits.mjs", $"{Secured.Service.Url}/v1", key);

        Assert.Equal(
            """{"status":429,"code":"rate_limited","type":"rate_limit_error"}""", seen.GetProperty("refused").GetRawText());
        Assert.InRange(int.Parse(seen.GetProperty("wait").GetString()!, CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(1, seen.GetProperty("models").GetInt32());
        Assert.True(seen.GetProperty("repeated").GetBoolean());
    }

    [Fact]
    public async Task DotNetClient_IsRefusedWith429_AndServedWhenItComesAgain()
    {
        OpenAIModelClient once = Client(retries: 0), patient = Client(retries: 5);

        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(async () =>
        {
            for (int i = 0; i < 100; i++) _ = await once.GetModelsAsync();
        });
        OpenAIModelCollection models = (await patient.GetModelsAsync()).Value;

        Assert.Equal(429, refused.Status);
        Assert.Contains("\"code\":\"rate_limited\"", refused.GetRawResponse()!.Content.ToString(), StringComparison.Ordinal);
        _ = Assert.Single(models);
    }

    private OpenAIModelClient Client(int retries) => new(
        new ApiKeyCredential(key),
        new OpenAI.OpenAIClientOptions
        {
            Endpoint = new Uri($"{Secured.Service.Url}/v1"), RetryPolicy = new ClientRetryPolicy(retries),
        });
}
