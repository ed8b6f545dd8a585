using Cil.Client.Http;
using Cil.Client.Jobs;

namespace Cil.Silo.Tests.Api;

public sealed class HttpCilClientTests(ServiceFixture fixture) : ClientSuite, IClassFixture<ServiceFixture>
{
    protected override ICilClient Client => new HttpCilClient(fixture.Http);
}
