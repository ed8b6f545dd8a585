namespace Cil.Grains.Tests.Engine.Storage;

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    Task<(int Value, bool Exists, string? ETag)> Read();

    Task<int> Note(string text);

    Task Clear();

    /// <summary>Writes after another writer did.</summary>
    Task WriteStale();

    Task<Guid> Activation();

    Task End();
}
