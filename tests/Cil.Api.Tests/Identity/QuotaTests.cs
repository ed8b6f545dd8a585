using System.Net;
using System.Net.Http.Json;
using Cil.Api.Identity;
using Cil.Api.Tests.Http;
using Cil.Client.Contracts;
using Cil.Media.Images;

namespace Cil.Api.Tests.Identity;

/// <summary>What a tenant may use, over a real service.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private SecuredService Secured { get; } = new();
    private HttpClient studio = null!, farm = null!;

    public async Task InitializeAsync()
    {
        _ = await Secured.Keys.CreateAsync("first", "", [Scope.Read]);
        _ = await Secured.StartAsync();
        (studio, farm) = (await Secured.ClientAsync("studio", Scope.Render), await Secured.ClientAsync("farm", Scope.Operator));
    }

    [Fact]
    public async Task Job_ThatIsLargerThanAQuota_IsRefused_AndAnotherIsTakenAndCounted()
    {
        // 4 frames of 32 x 32 pixels, 2 steps.
        await SetAsync("studio", new ApiQuota { JobWork = 32 * 32 * 4 * 2 });

        using HttpResponseMessage large = await SubmitAsync(("steps", "3")), small = await SubmitAsync(("steps", "2"), ("id", "small"));
        _ = await studio.GetStringAsync(new Uri("api/jobs/small/events", UriKind.Relative));
        ApiTenant used = await TenantAsync(studio, "studio", tenant => tenant.StoredBytes > 0);

        ApiFieldError error = Assert.Single((await ProblemTests.ProblemAsync(large, 400)).Errors!);
        Assert.Equal(
            ("frames", "a job of studio has at most 8192 pixels times steps, got 12288: fewer frames, steps or pixels are less"),
            (error.Field, error.Message));
        Assert.Equal(HttpStatusCode.Created, small.StatusCode);
        Assert.True(used.DeviceSecondsToday > 0);
        using HttpResponseMessage deleted = await studio.DeleteAsync(new Uri("api/jobs/small", UriKind.Relative));
        Assert.Equal(0, (await TenantAsync(studio, "studio", tenant => tenant.StoredBytes == 0)).StoredBytes);
    }

    [Fact]
    public async Task Job_OfATenantThatHasUsedItsDay_Is429()
    {
        await SetAsync("studio", new ApiQuota { DeviceSecondsPerDay = 0 });

        using HttpResponseMessage refused = await SubmitAsync();

        Assert.Equal("studio has used 0 of 0 s of devices today", (await ProblemTests.ProblemAsync(refused, 429)).Detail);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        await SetAsync("studio", new ApiQuota { DeviceSecondsPerMonth = 0 });
        using var fields = new MultipartFormDataContent
        {
            { new StringContent("a thing"), "prompt" },
            { new ByteArrayContent(PngWriter.Write(new byte[16 * 16 * 3], 16, 16)), "input_reference", "picture.png" },
        };
        using HttpResponseMessage video = await studio.PostAsync(new Uri("v1/videos", UriKind.Relative), fields);
        Assert.Equal(HttpStatusCode.TooManyRequests, video.StatusCode);
        Assert.Equal("false", Assert.Single(video.Headers.GetValues("x-should-retry")));
        Assert.InRange(video.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        await SetAsync("studio", new ApiQuota { WaitingJobs = 0 });
        using HttpResponseMessage full = await SubmitAsync();
        _ = await ProblemTests.ProblemAsync(full, 429);
        await SetAsync("studio", new ApiQuota { StoredBytes = 0 });
        using HttpResponseMessage stored = await SubmitAsync();
        Assert.Contains("delete jobs", (await ProblemTests.ProblemAsync(stored, 429)).Detail, StringComparison.Ordinal);
        await SetAsync("studio", new ApiQuota());
        using HttpResponseMessage taken = await SubmitAsync();
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
    }

    [Fact]
    public async Task Tenant_SeesItself_AndAnOperatorAll()
    {
        ApiTenant[] own = (await studio.GetFromJsonAsync<ApiTenant[]>("api/tenants", ApiJson.Options))!,
            all = (await farm.GetFromJsonAsync<ApiTenant[]>("api/tenants", ApiJson.Options))!;
        using HttpResponseMessage foreign = await studio.GetAsync(new Uri("api/tenants/farm", UriKind.Relative)),
            set = await studio.PutAsJsonAsync("api/tenants/studio/quota", new ApiQuota(), ApiJson.Options);
        using HttpResponseMessage wrong = await farm.PutAsJsonAsync(
            "api/tenants/studio/quota", new ApiQuota { WaitingJobs = -1 }, ApiJson.Options);

        Assert.Equal(["studio"], own.Select(tenant => tenant.Tenant));
        Assert.Equal(["farm", "first", "studio"], all.Select(tenant => tenant.Tenant));
        _ = await ProblemTests.ProblemAsync(foreign, 404);
        _ = await ProblemTests.ProblemAsync(set, 403);
        Assert.Equal(
            new ApiFieldError("waitingJobs", "0 or more, got -1"), Assert.Single((await ProblemTests.ProblemAsync(wrong, 400)).Errors!));
    }

    public async Task DisposeAsync() => await Secured.DisposeAsync();

    private Task<HttpResponseMessage> SubmitAsync(params (string, string)[] fields)
    {
        MultipartFormDataContent form = SecuredService.Form(fields);
        return studio.PostAsync(new Uri("api/jobs", UriKind.Relative), form);
    }

    private async Task SetAsync(string tenant, ApiQuota quota)
    {
        using HttpResponseMessage answer = await farm.PutAsJsonAsync($"api/tenants/{tenant}/quota", quota, ApiJson.Options);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    // What a job has used is told to its tenant by a message of its own.
    private static async Task<ApiTenant> TenantAsync(HttpClient http, string name, Func<ApiTenant, bool> until)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            ApiTenant tenant = (await http.GetFromJsonAsync<ApiTenant>($"api/tenants/{name}", ApiJson.Options, timeout.Token))!;
            if (until(tenant)) return tenant;
        }
    }
}
