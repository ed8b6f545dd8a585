namespace Cil.Grains.Tests.Engine.Activations;

public interface ILifeGrain : IGrainWithStringKey
{
    Task<int> Use();

    Task End();

    Task Keep(TimeSpan time);

    Task Hold();
}
