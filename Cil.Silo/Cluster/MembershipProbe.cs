using Orleans;
using Orleans.Clustering.Redis;
using Orleans.Runtime;

namespace Cil.Silo.Cluster;

/// <summary>The table that the silos of a cluster are written in, asked directly: whether it answers, and who is in it.</summary>
/// <param name="table">Null where silos find each other without one.</param>
/// <param name="own">This silo.</param>
internal sealed class MembershipProbe(IMembershipTable? table, ILocalSiloDetails own, TimeProvider clock)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3), NameRetry = TimeSpan.FromSeconds(1);

    // A killed silo is found by the others after 3 to 4 seconds, a frozen one after 6 to 7; alone in its table it is never found, and its
    // last sign of life is what tells.
    private static readonly TimeSpan NameTimeout = TimeSpan.FromSeconds(10), SilentSilo = TimeSpan.FromSeconds(25);

    /// <summary>
    /// Whether this silo is in the table. One that was emptied while silos ran is not there until the next silo that starts begins it
    /// anew; Orleans does not write the others into it.
    /// </summary>
    /// <exception cref="TimeoutException">The table does not answer.</exception>
    internal async Task<bool> HasThisSiloAsync()
    {
        if (table is null) return true;
        try
        {
            MembershipTableData data = await table.ReadAllAsync(CancellationToken.None).WaitAsync(AnswerTimeout, clock);
            return data.Members.Any(member => member.Item1.SiloAddress.Equals(own.SiloAddress));
        }
        catch (RedisClusteringException)
        {
            // Redis answers and has no table: nobody has begun it anew yet. One that does not answer is another exception.
            return false;
        }
    }

    /// <summary>Waits a little for a silo that has just ended and is not known to be lost yet.</summary>
    /// <param name="address">Where this silo will be reached: what is there is an earlier life of it.</param>
    /// <exception cref="SiloNameTakenException">A living silo at another address has the name.</exception>
    internal async Task RequireFreeNameAsync(string name, System.Net.IPEndPoint address)
    {
        if (table is null) return;
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, CancellationToken.None);
        long start = clock.GetTimestamp();
        while (await FindAsync(name, address) is { } holder)
        {
            if (clock.GetElapsedTime(start) > NameTimeout) throw new SiloNameTakenException(name, $"at {holder}");
            await Task.Delay(NameRetry, clock);
        }
    }

    private async Task<System.Net.IPEndPoint?> FindAsync(string name, System.Net.IPEndPoint address)
    {
        DateTime oldest = clock.GetUtcNow().UtcDateTime - SilentSilo;
        return (await table!.ReadAllAsync(CancellationToken.None)).Members.Select(member => member.Item1)
            .FirstOrDefault(
                member => member.SiloName == name
                    && member.Status == SiloStatus.Active
                    && member.IAmAliveTime > oldest
                    && !member.SiloAddress.Endpoint.Equals(address))
            ?.SiloAddress.Endpoint;
    }
}
