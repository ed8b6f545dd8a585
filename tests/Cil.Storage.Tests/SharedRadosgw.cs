namespace Cil.Storage.Tests;

/// <summary>The classes that share one gateway: it takes a quarter of a minute to start.</summary>
[CollectionDefinition(Name)]
public sealed class SharedRadosgw : ICollectionFixture<Radosgw>
{
    internal const string Name = "S3";
}
