using Polly;
using Polly.Retry;

namespace Cil.Storage;

/// <summary>How a store's calls are tried again: what fails with an <see cref="IOException"/> may succeed in a moment.</summary>
internal static class StorageRetry
{
    /// <param name="pauses">Before each further attempt.</param>
    internal static ResiliencePipeline Build(IReadOnlyList<TimeSpan> pauses, TimeProvider clock) =>
        new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<IOException>(),
                MaxRetryAttempts = pauses.Count,
                DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(pauses[attempt.AttemptNumber]),
            })
            .Build();
}
