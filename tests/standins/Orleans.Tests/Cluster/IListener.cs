namespace Orleans.Tests.Cluster;

public interface IListener : IGrainObserver
{
    Task<string> Answer(string question);
}
