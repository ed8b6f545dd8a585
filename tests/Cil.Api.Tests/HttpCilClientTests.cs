using Cil.Client.Http;
using Cil.Client.Jobs;


namespace Cil.Api.Tests;

public sealed class HttpCilClientTests(ServiceFixture fixture) : ClientSuite, IClassFixture<ServiceFixture>
{
    protected override ICilClient Client => new HttpCilClient(fixture.Http);
}
