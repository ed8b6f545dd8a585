namespace Orleans.Tests.Scheduling;

public interface IReentrantTurnGrain : IGrainWithStringKey
{
    Task Plain(string name);
}
