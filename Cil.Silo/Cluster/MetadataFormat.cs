using System.Globalization;
using Cil.Grains.Versions;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Cil.Silo.Cluster;

/// <summary>What the silos of a cluster say that they read. Versions before the first of these forms say nothing.</summary>
internal sealed class MetadataFormat(ISiloMetadataCache cache, ISiloStatusOracle silos) : IClusterFormat
{
    internal const string Key = "cil.format";

    public int Common => Lowest(
        silos.GetApproximateSiloStatuses(onlyActive: false), silo => cache.GetSiloMetadata(silo).Metadata.GetValueOrDefault(Key));

    /// <summary>The lowest of all silos but those that are dead: one that joins or leaves may have a grain too.</summary>
    /// <param name="said">What a silo says; null for nothing.</param>
    internal static int Lowest(IEnumerable<KeyValuePair<SiloAddress, SiloStatus>> silos, Func<SiloAddress, string?> said) => silos
        .Where(silo => silo.Value is not (SiloStatus.Dead or SiloStatus.None))
        .Select(silo => int.TryParse(said(silo.Key), NumberStyles.None, CultureInfo.InvariantCulture, out int format) ? format : 0)
        .DefaultIfEmpty()
        .Min();
}
