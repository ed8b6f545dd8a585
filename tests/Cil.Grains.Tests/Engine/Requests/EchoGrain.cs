using Orleans.Concurrency;
using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Requests;

public sealed class EchoGrain : Grain, IEchoGrain
{
    private List<int> kept = [];

    public Task<int> Keep(List<int> list)
    {
        kept = list;
        kept.Add(kept.Count);
        return Task.FromResult(kept.Count);
    }

    public Task<int> KeepImmutable(Immutable<List<int>> list)
    {
        kept = list.Value;
        return Task.FromResult(kept.Count);
    }

    public Task<List<int>> Kept() => Task.FromResult(kept);

    public Task<int> Count(IReadOnlyList<Parcel> parcels)
    {
        parcels[0].Items.Add("counted");
        return Task.FromResult(parcels.Count);
    }

    public Task<Parcel> Send(Parcel parcel)
    {
        parcel.Items.Add($"seen by {this.GetPrimaryKeyString()}, {parcel.Local ?? "nothing"} beside it");
        return Task.FromResult(parcel);
    }

    public Task<(int Sum, string Text)> Tuple(int[] numbers, Dictionary<string, int?> map, DayOfWeek day) =>
        Task.FromResult((numbers.Sum() + map.Values.Sum() ?? 0, $"{day}"));

    public Task Throw(string message) => throw new ArgumentException(message);

    public Task<string?> Context(string key) => Task.FromResult(RequestContext.Get(key) as string);
}
