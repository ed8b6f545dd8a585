namespace Cil.Page.Tests;

/// <summary>One browser for all tests, which run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}
