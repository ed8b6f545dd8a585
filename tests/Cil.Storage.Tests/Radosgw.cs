using Amazon.Runtime;
using Cil.TestKit.Storage;

namespace Cil.Storage.Tests;

/// <summary>
/// Ceph's gateway for all test classes that want S3. Where it cannot be installed, the tests fail and say so rather than
/// being skipped.
/// </summary>
public sealed class Radosgw : IAsyncLifetime
{
    private RadosGateway? gateway;

    internal Uri Address => gateway!.Address;

    internal AWSCredentials Keys => new BasicAWSCredentials(gateway!.AccessKey, gateway.SecretKey);

    public async Task InitializeAsync() => gateway = await RadosGateway.StartAsync();

    public async Task DisposeAsync()
    {
        if (gateway is not null) await gateway.DisposeAsync();
    }
}
