using Cil.Grains.Tests.Engine.Cluster;
using Orleans.Concurrency;

namespace Cil.Grains.Tests.Engine.Scheduling;

[Reentrant]
public sealed class ReentrantTurnGrain(Gates gates) : Grain, IReentrantTurnGrain
{
    public async Task Plain(string name)
    {
        gates.Record($"{name} begins");
        await gates.Passed($"let {name} end");
        gates.Record($"{name} ends");
    }
}
