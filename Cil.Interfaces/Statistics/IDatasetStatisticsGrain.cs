using Cil.Interfaces.Chunks;
using Orleans.CodeGeneration;

namespace Cil.Interfaces.Statistics;

/// <summary>
/// Holds E[X0] and the mean variance of one data set's latents, so that the Gaussian for any M costs nothing to ask for.
/// Its key is the request's id.
/// </summary>
[Alias("cil.IDatasetStatisticsGrain"), Version(1)]
public interface IDatasetStatisticsGrain : IChunkSource
{
    /// <summary>
    /// Begins to measure, goes on after a failure with the shards that are there, or answers that all is done. A data set
    /// whose list of clips has changed is measured anew.
    /// </summary>
    [Alias("Build")] Task<StatisticsAnswer> BuildAsync(StatisticsRequest request);

    /// <summary>What is wrong with a request, which begins nothing.</summary>
    [Alias("Check")] Task<IReadOnlyList<RequestError>> CheckAsync(StatisticsRequest request);

    /// <summary>The measurement as it stands, or null when none was asked for.</summary>
    [Alias("Get")] Task<StatisticsSnapshot?> GetAsync();

    /// <summary>A snapshot now, at each change, and every two seconds where nothing does; up to and with the last.</summary>
    [Alias("Watch")] IAsyncEnumerable<StatisticsSnapshot> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>Stops measuring; what is measured is kept.</summary>
    [Alias("Cancel")] Task CancelAsync();
}
