namespace Cil.Interfaces.Jobs;

/// <summary>Finds jobs that nobody looks after any more. There is one, with key 0; every silo calls it from time to time.</summary>
[Alias("cil.IJobKeeperGrain")]
public interface IJobKeeperGrain : IGrainWithIntegerKey
{
    /// <summary>Begins a round, unless one is under way.</summary>
    [Alias("Keep"), ResponseTimeout(CallPatience.Short)] Task KeepAsync();
}
