namespace Cil.Grains.Tests.Engine.Scheduling;

public interface IReentrantTurnGrain : IGrainWithStringKey
{
    Task Plain(string name);
}
