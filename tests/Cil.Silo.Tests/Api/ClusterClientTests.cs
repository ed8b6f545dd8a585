using Cil.Client.Jobs;

namespace Cil.Silo.Tests.Api;

public sealed class ClusterClientTests(ServiceFixture fixture) : ClientSuite, IClassFixture<ServiceFixture>
{
    protected override ICilClient Client => fixture.Service.Client;
}
