using Cil.Client.Jobs;


namespace Cil.Api.Tests;

public sealed class ClusterClientTests(ServiceFixture fixture) : ClientSuite, IClassFixture<ServiceFixture>
{
    protected override ICilClient Client => fixture.Service.Client;
}
