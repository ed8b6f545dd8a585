namespace Cil.Storage.Tests;

/// <summary>A store in S3, as the product opens it, over Ceph's gateway.</summary>
[Collection(SharedRadosgw.Name)]
public sealed class S3FaultTests(Radosgw radosgw) : StorageFaultSuite
{
    protected override Uri Service => radosgw.Address;

    protected override async Task<IBlobStore> OpenAsync(Uri address) =>
        await S3BlobStore.OpenAsync(new S3Location("faults", address), radosgw.Keys, Timeout);
}
