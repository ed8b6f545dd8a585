using Cil.Grains.Chunks;
using Cil.Grains.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Statistics;

namespace Cil.Grains.Statistics;

/// <summary>Checks a request for statistics and cuts it into shards. Pure.</summary>
internal static class StatisticsPlanner
{
    // All clips' latents are in memory at once where there is a rank.
    private const int MostClipsPerShard = 1_000_000, MostRank = 256, MostClipsOfRank = 1024;

    public static IReadOnlyList<RequestError> Errors(StatisticsRequest request, IModelCatalog models, IDatasetCatalog datasets)
    {
        var errors = new List<RequestError>();
        if (datasets.Find(request.Dataset) is null)
            Add(nameof(request.Dataset), $"'{request.Dataset}' is not there; there are: {string.Join(", ", datasets.Names)}");
        if (request.ClipsPerShard is < 1 or > MostClipsPerShard)
            Add(nameof(request.ClipsPerShard), $"1 to {MostClipsPerShard} clips, got {request.ClipsPerShard}");
        if (request.Rank is < 0 or > MostRank) Add(nameof(request.Rank), $"0 to {MostRank}, got {request.Rank}");
        else if (request.Rank > 0 && datasets.Find(request.Dataset) is { } dataset
            && (dataset.Clips <= request.Rank || dataset.Clips > MostClipsOfRank))
        {
            Add(
                nameof(request.Rank),
                $"{request.Rank} takes a data set of {request.Rank + 1} to {MostClipsOfRank} clips; {request.Dataset} has {dataset.Clips}");
        }

        if (models.Find(request.Model) is not { } model)
        {
            Add(nameof(request.Model), $"'{request.Model}' is not there; there are: {string.Join(", ", models.Names)}");
            return errors;
        }

        if (model.SideError(request.Width ?? model.Width) is { } width) Add(nameof(request.Width), width);
        if (model.SideError(request.Height ?? model.Height) is { } height) Add(nameof(request.Height), height);
        if (request.Frames is { } frames && (frames < 1 || frames > model.Frames))
            Add(nameof(request.Frames), $"{model.Name} makes 1 to {model.Frames} frames, got {frames}");
        return errors;

        void Add(string property, string message) => errors.Add(RequestError.Of(property, message));
    }

    public static StatisticsPlan Plan(
        StatisticsRequest request, ModelDescription model, DatasetDescription dataset, PlannerOptions options) => new()
        {
            Dataset = dataset.Name,
            DatasetHash = dataset.Hash,
            Model = model.Name,
            Width = request.Width ?? model.Width,
            Height = request.Height ?? model.Height,
            Frames = request.Frames ?? model.Frames,
            Seed = request.Seed,
            Rank = request.Rank,
            Clips = dataset.Clips,
            ClipsPerShard = request.ClipsPerShard,
            Precision = options.Precision.ToString(),
            Threads = options.Threads,
            Shards = Cut(dataset.Clips, request.ClipsPerShard),
        };

    private static List<Chunk> Cut(int clips, int clipsPerShard)
    {
        var shards = new List<Chunk>();
        for (int first = 0; first < clips; first += clipsPerShard)
            shards.Add(new Chunk(shards.Count, ChunkKind.Measure, first, Math.Min(clipsPerShard, clips - first)));
        return shards;
    }
}
