namespace Cil.Grains.Tests.Engine.Requests;

/// <summary>A grain of its own: the original refuses every call to a grain that has one such method.</summary>
public interface IUnmarkedGrain : IGrainWithStringKey
{
    Task<int> Take(Unmarked value);
}
