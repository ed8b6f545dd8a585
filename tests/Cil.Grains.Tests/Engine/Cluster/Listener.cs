namespace Cil.Grains.Tests.Engine.Cluster;

internal sealed class Listener : IListener
{
    public Task<string> Answer(string question) => Task.FromResult($"me, of {question}");
}
