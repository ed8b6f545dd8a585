using System.Globalization;

namespace Cil.Interfaces.Jobs;

/// <summary>
/// A position in the list of jobs, which is ordered by age. It stays valid when its job is deleted.
/// </summary>
[GenerateSerializer, Immutable, Alias("cil.JobCursor")]
public readonly record struct JobCursor([property: Id(0)] DateTimeOffset CreatedAt, [property: Id(1)] RenderJobId Job)
{
    private const char Separator = '.';

    /// <summary>The position of a listed job.</summary>
    public static JobCursor Of(JobSnapshot job) => new(job.CreatedAt, job.Id);

    /// <summary>
    /// What <see cref="ToString"/> gives; null for anything else. No job's id has a '.', so that a text is an id or a
    /// cursor.
    /// </summary>
    public static JobCursor? Parse(string text) =>
        text.Split(Separator) is [var ticks, var job]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out long created)
            && created <= DateTimeOffset.MaxValue.Ticks && RenderJobId.IsId(job)
            ? new JobCursor(new DateTimeOffset(created, TimeSpan.Zero), new RenderJobId(job))
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CreatedAt.UtcTicks:D19}{Separator}{Job}");
}
