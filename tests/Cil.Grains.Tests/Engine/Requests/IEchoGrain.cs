using Orleans.Concurrency;

namespace Cil.Grains.Tests.Engine.Requests;

public interface IEchoGrain : IGrainWithStringKey
{
    Task<int> Keep(List<int> list);

    Task<int> KeepImmutable(Immutable<List<int>> list);

    Task<List<int>> Kept();

    Task<int> Count(IReadOnlyList<Parcel> parcels);

    Task<Parcel> Send(Parcel parcel);

    Task<(int Sum, string Text)> Tuple(int[] numbers, Dictionary<string, int?> map, DayOfWeek day);

    Task Throw(string message);

    Task<string?> Context(string key);
}
