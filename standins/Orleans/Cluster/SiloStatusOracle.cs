using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

internal sealed class SiloStatusOracle(Silo silo) : ISiloStatusOracle
{
    public SiloStatus CurrentStatus => silo.Status;

    public string SiloName => silo.Name;

    public SiloAddress SiloAddress => silo.SiloAddress;

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => Find(siloAddress)?.Status ?? SiloStatus.None;

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) =>
        silo.Cluster.AllSilos().Where(s => !onlyActive || s.Status == SiloStatus.Active).ToDictionary(s => s.SiloAddress, s => s.Status);

    public bool TryGetSiloName(SiloAddress siloAddress, [NotNullWhen(true)] out string? siloName)
    {
        siloName = Find(siloAddress)?.Name;
        return siloName is not null;
    }

    public bool IsDeadSilo(SiloAddress silo) => GetApproximateSiloStatus(silo) == SiloStatus.Dead;

    private Silo? Find(SiloAddress address) => silo.Cluster.AllSilos().FirstOrDefault(s => s.SiloAddress.Equals(address));
}
