namespace Cil.Grains.Tests.Engine.Cluster;

public interface IHomeGrain : IGrainWithStringKey
{
    Task<string> Where();

    Task Hold();

    Task<string> Ask(IListener listener, string question);
}
