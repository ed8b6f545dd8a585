using Orleans.Placement;
using Orleans.Runtime;

namespace Cil.Grains.Tests.Engine.Cluster;

[RandomPlacement]
public sealed class HomeGrain(ILocalSiloDetails silo, Gates gates) : Grain, IHomeGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToParsableString());

    public async Task Hold()
    {
        gates.Record($"held at {this.GetPrimaryKeyString()}");
        await gates.Passed("let go");
    }

    public Task<string> Ask(IListener listener, string question) => listener.Answer(question);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        gates.Record($"{this.GetPrimaryKeyString()} ends: {reason.ReasonCode}");
        return Task.CompletedTask;
    }
}
