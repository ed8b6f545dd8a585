using System.Net;
using Cil.Grains.Webhooks;
using Cil.Silo.Options;
using Cil.Silo.Outbound;
using Cil.TestKit.Http;
using Microsoft.Extensions.Options;

namespace Cil.Silo.Tests.Outbound;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("1.1.1.1", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:1.1.1.1", true)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void Address_IsReachedOnlyWhereItIsPublic(string address, bool reached) =>
        Assert.Equal(reached, Guard().MayReach(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://hooks.example.org/x?y=1", null)]
    [InlineData("http://hooks.example.org/", "expected an address that begins with https://, got 'http://'")]
    [InlineData("ftp://hooks.example.org/", "expected an address that begins with https://, got 'ftp://'")]
    [InlineData("hooks.example.org", "expected an address that begins with https://, got 'hooks.example.org'")]
    [InlineData("https://me:secret@example.org/", "an address has no user name or password in it")]
    [InlineData("https://localhost/", "'localhost' is not a public address")]
    [InlineData("https://2130706433/", "'127.0.0.1' is not a public address")]
    [InlineData("https://0x7f.1/", "'127.0.0.1' is not a public address")]
    [InlineData("https://[::ffff:10.0.0.1]/", "'[::ffff:10.0.0.1]' is not a public address")]
    [InlineData("https://169.254.169.254/latest/meta-data", "'169.254.169.254' is not a public address")]
    public void Url_IsRefusedByWhatItSays(string url, string? refusal) => Assert.Equal(refusal, Guard().Refusal(url));

    [Fact]
    public void Operator_MayAllowNetworks_AndPlainHttpToLoopback()
    {
        AddressGuard inside = Guard("10.20.0.0/16", "127.0.0.0/8"), plain = Guard(loopbackHttp: true, "127.0.0.0/8");

        Assert.Null(inside.Refusal("https://10.20.1.1/"));
        Assert.NotNull(inside.Refusal("https://10.21.1.1/"));
        Assert.NotNull(inside.Refusal("http://127.0.0.1/"));
        Assert.Null(plain.Refusal("http://127.0.0.1:8080/"));
        Assert.NotNull(plain.Refusal("http://10.20.1.1/"));
        Assert.NotNull(Guard(loopbackHttp: true).Refusal("http://127.0.0.1:8080/"));
    }

    [Fact]
    public async Task Name_ThatMeansThisMachine_IsNotConnectedTo()
    {
        await using HttpsReceiver receiver = await HttpsReceiver.StartAsync();
        string name = Dns.GetHostName();
        Assert.DoesNotContain(await Dns.GetHostAddressesAsync(name), Guard().MayReach);
        IOptions<OutboundOptions> options = new OptionsWrapper<OutboundOptions>(new OutboundOptions { Authorities = receiver.Authority });
        var guard = new AddressGuard(options);
        using var http = new OutboundHttp(guard, options);
        var sender = new WebhookSender(http, guard, options, TimeProvider.System);

        var own = (WebhookResponse.NoAnswer)await sender.SendAsync(
            $"https://{name}:{new Uri(receiver.Url).Port}/", [], default, CancellationToken.None);
        var unknown =
            (WebhookResponse.NoAnswer)await sender.SendAsync("https://no-such-host.invalid/", [], default, CancellationToken.None);
        // Past the first look at the address, as if the name had meant something else then.
        HttpRequestException rebound = await Assert.ThrowsAsync<HttpRequestException>(() => http.Client.GetAsync(new Uri(receiver.Url)));

        Assert.Equal(($"'{name}' has no public address", "'no-such-host.invalid' has no public address"), (own.Reason, unknown.Reason));
        Assert.IsType<AddressRefusedException>(rebound.InnerException);
        Assert.False(receiver.HasMore);
    }

    [Fact]
    public async Task Server_ThatIsNotTrusted_IsToldNothing()
    {
        await using HttpsReceiver receiver = await HttpsReceiver.StartAsync();
        IOptions<OutboundOptions> options = new OptionsWrapper<OutboundOptions>(new OutboundOptions { Networks = ["127.0.0.0/8"] });
        var guard = new AddressGuard(options);
        using var http = new OutboundHttp(guard, options);

        var refused = (WebhookResponse.NoAnswer)await new WebhookSender(http, guard, options, TimeProvider.System)
            .SendAsync($"{receiver.Url}/", [], default, CancellationToken.None);

        Assert.StartsWith("the connection cannot be trusted", refused.Reason, StringComparison.Ordinal);
        Assert.False(receiver.HasMore);
    }

    private static AddressGuard Guard(params string[] networks) => Guard(loopbackHttp: false, networks);

    private static AddressGuard Guard(bool loopbackHttp, params string[] networks) =>
        new(new OptionsWrapper<OutboundOptions>(new OutboundOptions { Networks = networks, LoopbackHttp = loopbackHttp }));
}
