using Cil.Grains.Tests.Engine.Cluster;

namespace Cil.Grains.Tests.Engine.Activations;

public sealed class LifeGrain(Gates gates) : Grain, ILifeGrain
{
    private int uses;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        string key = this.GetPrimaryKeyString();
        gates.Record($"{key} begins");
        return key == "broken" ? throw new ArgumentException("it cannot begin") : Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        gates.Record($"{this.GetPrimaryKeyString()} ends: {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task<int> Use() => Task.FromResult(++uses);

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Keep(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public async Task Hold()
    {
        gates.Record("held");
        await gates.Passed("let go");
    }
}
