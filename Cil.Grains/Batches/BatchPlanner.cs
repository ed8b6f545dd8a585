using Cil.Grains.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Batches;

/// <summary>Which jobs a batch has. Pure: the same arguments give the same jobs.</summary>
internal static class BatchPlanner
{
    /// <summary>What is wrong with the batch itself; its jobs' fields are checked by a job.</summary>
    internal static IReadOnlyList<RequestError> Errors(RenderJobId id, BatchRequest request)
    {
        var errors = new List<RequestError>();
        if (id.Value.Length > BatchNames.MostLetters)
            errors.Add(new RequestError("id", $"at most {BatchNames.MostLetters} characters for a batch, got {id.Value.Length}"));
        if (request.Images.Count == 0) errors.Add(new RequestError("image", "a file with the picture; nothing was sent"));
        if (request.Seeds.Count > 0 && request.Count is not null)
            errors.Add(RequestError.Of(nameof(request.Count), "give either seeds or count, not both"));
        if (request.Count is < 1 or > BatchRequest.MostMembers)
            errors.Add(RequestError.Of(nameof(request.Count), $"1 to {BatchRequest.MostMembers}, got {request.Count}"));
        if (request.Seeds.Distinct().Count() < request.Seeds.Count)
            errors.Add(RequestError.Of(nameof(request.Seeds), "a seed is given twice: it would be the same video"));
        int each = Math.Max(request.Seeds.Count, request.Count ?? 1), videos = each * request.Images.Count;
        if (errors.Count == 0 && videos > BatchRequest.MostMembers)
        {
            errors.Add(RequestError.Of(
                request.Count is null ? nameof(request.Seeds) : nameof(request.Count),
                $"at most {BatchRequest.MostMembers} videos, got {request.Images.Count} pictures with {each} seeds"));
        }

        return errors;
    }

    /// <param name="drawn">The first seed where the request has none.</param>
    internal static List<ulong> Seeds(BatchRequest request, ulong drawn)
    {
        if (request.Seeds.Count > 0) return [.. request.Seeds];
        ulong first = request.Request.Seed ?? drawn;
        // Seeds go round at their end.
        return [.. Enumerable.Range(0, request.Count ?? 1).Select(number => unchecked(first + (ulong)number))];
    }

    /// <summary>The request of one job.</summary>
    internal static RenderRequest Job(RenderJobId id, BatchRequest request, IReadOnlyList<ulong> seeds, int index) => request.Request with
    {
        Seed = seeds[index % seeds.Count],
        ImageBlob = request.Images[index / seeds.Count],
        Batch = id.Value,
    };

    /// <summary>The fields that differ, by the names that a request's errors have.</summary>
    internal static IReadOnlyList<string> Differences(BatchRequest first, BatchRequest second)
    {
        List<string> fields = [.. RequestComparer.Differences(first.Request, second.Request)];
        if (!first.Images.SequenceEqual(second.Images)) fields.Add("image");
        if (!first.Seeds.SequenceEqual(second.Seeds)) fields.Add("seeds");
        if (first.Count != second.Count) fields.Add("count");
        return fields;
    }
}
