using Cil.Api.Http;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Models;

/// <summary>The models that the service renders with.</summary>
internal static class ModelRoutes
{
    internal static void Map(IEndpointRouteBuilder api) => api
        .MapRead("/models", (IModelList models) => Routes.Json(models.Models.Select(ToApi).ToArray()))
        .Describe<IReadOnlyList<ApiModel>>("describeModels", "The models, what a request leaves to them, and their presets");

    private static ApiModel ToApi(ModelInfo model) => new()
    {
        Name = model.Name,
        Summary = model.Summary,
        Width = model.Width,
        Height = model.Height,
        SizeMultiple = model.SizeMultiple,
        Frames = model.Frames,
        PlaybackFps = model.PlaybackFps,
        Steps = model.Steps,
        Guidance = model.Guidance,
        Start = model.Start,
        Presets = [.. model.Presets.Select(ToApi)],
    };

    private static ApiPreset ToApi(ModelPreset preset) =>
        new(preset.Name, preset.Start, preset.AnalyticInit ? "auto" : "off", preset.NeedsStatistics);
}
