using System.Reflection;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Jobs;

/// <summary>Whether a submission that comes again under the same id is the same one.</summary>
internal static class RequestComparer
{
    // A deadline is often computed from the time of sending: it is no other job for that.
    private static readonly PropertyInfo[] Compared = [.. typeof(RenderRequest).GetProperties()
        .Where(property => property.Name is not nameof(RenderRequest.Deadline) && property.CanWrite)];

    /// <summary>The fields that differ, by the names that a request's errors have.</summary>
    public static IReadOnlyList<string> Differences(RenderRequest first, RenderRequest second) =>
        [.. Compared.Where(property => !Equals(property.GetValue(first), property.GetValue(second)))
            .Select(property => RequestValidator.Field(property.Name))];
}
