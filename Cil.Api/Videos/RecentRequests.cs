using System.Collections.Concurrent;
using Cil.Interfaces;

namespace Cil.Api.Videos;

/// <summary>
/// Requests of the last minutes by their content. The Node client repeats a request whose answer was lost without a key that tells it
/// from a new one; that it is a repetition it does say.
/// </summary>
internal sealed class RecentRequests(TimeProvider clock)
{
    private const int Most = 10_000;

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (RenderJobId Job, long At)> known = new(StringComparer.Ordinal);

    /// <param name="content">Whose request it is, and all of it.</param>
    /// <param name="isRepeated">Whether it comes again.</param>
    /// <returns>The job's id: the first one's where it is repeated.</returns>
    internal RenderJobId Name(string content, bool isRepeated)
    {
        if (isRepeated && known.TryGetValue(content, out (RenderJobId Job, long At) first) && clock.GetElapsedTime(first.At) < Kept)
            return first.Job;
        if (known.Count >= Most)
        {
            foreach (KeyValuePair<string, (RenderJobId Job, long At)> old in known.Where(
                one => clock.GetElapsedTime(one.Value.At) >= Kept || known.Count >= Most))
            {
                _ = known.TryRemove(old.Key, out _);
            }
        }

        var job = RenderJobId.New();
        known[content] = (job, clock.GetTimestamp());
        return job;
    }
}
