namespace Cil.Interfaces.Jobs;

/// <summary>Finds unfinished jobs whose coordinator was lost. There is one, with key 0; every silo calls it at an interval.</summary>
[Alias("cil.IJobKeeperGrain")]
public interface IJobReconcilerGrain : IGrainWithIntegerKey
{
    /// <summary>Begins a round, unless one is under way.</summary>
    [Alias("Keep"), ResponseTimeout(CallTimeout.Short)] Task ReconcileAsync();
}
