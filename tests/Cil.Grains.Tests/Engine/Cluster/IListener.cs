namespace Cil.Grains.Tests.Engine.Cluster;

public interface IListener : IGrainObserver
{
    Task<string> Answer(string question);
}
