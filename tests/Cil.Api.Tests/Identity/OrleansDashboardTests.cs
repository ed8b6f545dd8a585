using System.Net;
using Cil.Api.Identity;

namespace Cil.Api.Tests.Identity;

/// <summary>Orleans' dashboard tells of every tenant's calls: it is for operators, where it is on.</summary>
public sealed class OrleansDashboardTests
{
    private static readonly Uri[] Addresses = [new("orleans/", UriKind.Relative), new("orleans/DashboardCounters", UriKind.Relative)];

    [Fact]
    public async Task Dashboard_IsForOperatorsAlone()
    {
        await using SecuredService secured = await new SecuredService().StartAsync(options => options.OrleansDashboard = true);
        HttpClient nobody = secured.Client(), tenant = await secured.ClientAsync("studio", Scope.Render, Scope.Read),
            operators = await secured.ClientAsync("staff", Scope.Operator);

        foreach (Uri address in Addresses)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(nobody, address));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(tenant, address));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(operators, address));
        }

        // The log may name prompts.
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(operators, new Uri("orleans/Trace", UriKind.Relative)));
    }

    [Fact]
    public async Task Dashboard_UnlessItIsSwitchedOn_IsNotThere()
    {
        await using SecuredService secured = await new SecuredService().StartAsync();
        HttpClient operators = await secured.ClientAsync("staff", Scope.Operator);

        foreach (Uri address in Addresses) Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(operators, address));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, Uri address)
    {
        using HttpResponseMessage answer = await http.GetAsync(address);
        return answer.StatusCode;
    }
}
