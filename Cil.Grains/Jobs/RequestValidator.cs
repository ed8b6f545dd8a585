using System.Text.Json;
using Cil.Grains.Chunks;
using Cil.Grains.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Storage;

namespace Cil.Grains.Jobs;

/// <summary>Checks a request against a model and lists every error with its field.</summary>
internal static class RequestValidator
{
    private const int MaxPrompt = 32_000, MaxPlaybackFps = 120, MaxTenant = 64, MaxPasses = 10_000, MaxAfter = 16;

    private static readonly string[] Containers = ["mp4", "webp", "gif"];

    public static IReadOnlyList<RequestError> Errors(RenderRequest request, IModelCatalog catalog, DateTimeOffset now)
    {
        var errors = new List<RequestError>();
        if (catalog.Find(request.Model) is not { } model)
        {
            Add(nameof(request.Model), $"'{request.Model}' is not there; there are: {string.Join(", ", catalog.Names)}");
            return errors;
        }

        if (request.Prompt.Length > MaxPrompt) Add(nameof(request.Prompt), $"at most {MaxPrompt} characters, got {request.Prompt.Length}");
        else if (TokenError(request.Prompt, model) is { } prompt) Add(nameof(request.Prompt), prompt);
        if (request.NegativePrompt.Length > MaxPrompt)
            Add(nameof(request.NegativePrompt), $"at most {MaxPrompt} characters, got {request.NegativePrompt.Length}");
        else if (TokenError(request.NegativePrompt, model) is { } negative) Add(nameof(request.NegativePrompt), negative);
        if (!BlobName.IsName(request.ImageBlob))
            Add(nameof(request.ImageBlob), $"the blob of the uploaded image, got '{request.ImageBlob}'");
        if (model.SideError(request.Width ?? model.Width) is { } width) Add(nameof(request.Width), width);
        if (model.SideError(request.Height ?? model.Height) is { } height) Add(nameof(request.Height), height);
        int most = model.Frames > 1 ? RenderPlanner.MaxFrames : 1, frames = request.Frames ?? model.Frames;
        if (frames < 1 || frames > most)
            Add(nameof(request.Frames), $"{model.Name} makes 1 to {most} frames, {model.Frames} of them at once; got {frames}");
        if (OverlapError(request, model) is { } overlap) Add(nameof(request.Overlap), overlap);
        if (request.PlaybackFps is { } fps and (< 1 or > MaxPlaybackFps))
            Add(nameof(request.PlaybackFps), $"1 to {MaxPlaybackFps}, got {fps}");
        int start = RenderPlanner.Start(request, model);
        if (request.AutomaticStart && request.Start is { } given) Add(nameof(request.Start), $"a number or auto, got {given} and auto");
        else if (request.AutomaticStart && model.AutomaticStart is null)
        {
            Add(
                nameof(request.Start), $"auto goes by leakage and statistics, which {model.Name} does not have: measure them with "
                    + "'cil eval leakage --keep' and 'cil stats build', or give a number");
        }
        else if (start < 1 || start > model.HighestStart) Add(nameof(request.Start), $"M must be 1 to {model.HighestStart}, got {start}");
        // The model's own number of steps may be too many for the request's M.
        else if ((request.Steps ?? model.Steps) is var steps && (steps < 1 || steps > (model.StepLimit ?? start)))
            Add(nameof(request.Steps), $"1 to {(model.StepLimit is null ? "M = " : "")}{model.StepLimit ?? start}, got {steps}");
        if (errors.Count == 0 && PassesError(request, model) is { } passes)
            Add(request.Joining == WindowMode.Overlap ? nameof(request.Overlap) : nameof(request.Frames), passes);
        if (request.Guidance is { } guidance && !(guidance is >= 0 and <= 100)) Add(nameof(request.Guidance), $"0 to 100, got {guidance}");
        if (QualityError(request, model) is { } quality) Add(nameof(request.Quality), quality);
        errors.AddRange(MotionControls.Errors(request, model).Select(error => new RequestError(Field(error.Property), error.Message)));
        if (!IsAnalyticInit(request.AnalyticInit))
            Add(nameof(request.AnalyticInit), $"auto, off or the blob of a statistics file, got '{request.AnalyticInit}'");
        if (!Containers.Contains(request.Container))
            Add(nameof(request.Container), $"one of {string.Join(", ", Containers)}; got '{request.Container}'");
        if (!IsTenant(request.Tenant))
            Add(nameof(request.Tenant), $"1 to {MaxTenant} letters, digits, '-' or '_'; got '{request.Tenant}'");
        if (request.Priority is < -RenderRequest.MaxPriority or > RenderRequest.MaxPriority)
            Add(nameof(request.Priority), $"-{RenderRequest.MaxPriority} to {RenderRequest.MaxPriority}, got {request.Priority}");
        if (request.DraftSteps is { } draft && (!request.Approval || draft < 1 || draft > (request.Steps ?? model.Steps)))
        {
            Add(nameof(request.DraftSteps), request.Approval
                ? $"1 to {request.Steps ?? model.Steps}, the steps of the video; got {draft}"
                : $"counts only with {Field(nameof(request.Approval))}; got {draft}");
        }

        if (request.AfterJobs.Count > MaxAfter || request.AfterJobs.Any(job => !RenderJobId.IsId(job)))
            Add(nameof(request.After), $"the ids of 1 to {MaxAfter} jobs with ',' between, got '{request.After}'");
        if (request.Deadline <= now) Add(nameof(request.Deadline), $"must be later than now, {now:u}, got {request.Deadline:u}");
        return errors;

        void Add(string property, string message) => errors.Add(new RequestError(Field(property), message));
    }

    /// <summary>
    /// The name that clients know a property of the request by. The picture is sent as a file, whatever its blob is called.
    /// </summary>
    internal static string Field(string property) =>
        property == nameof(RenderRequest.ImageBlob) ? "image" : JsonNamingPolicy.CamelCase.ConvertName(property);

    // What one step leaves for the next stays on its device.
    private static string? QualityError(RenderRequest request, ModelDescription model) =>
        !Enum.IsDefined(request.Quality) ? $"full or fast, got {(int)request.Quality}"
        : request.Quality == RenderQuality.Full ? null
        : request.SplitGuidance
            ? $"fast leaves features from step to step, which {Field(nameof(request.SplitGuidance))} does on two devices"
        : WindowPlanner.Overlaps(WindowPlanner.Windows(request, model), request.Joining)
            ? "fast leaves features from step to step, and windows that overlap exchange every step; "
                + $"{Field(nameof(request.Joining))}: continue"
        : null;

    /// <summary>Steps of the draft of a video with so many steps.</summary>
    internal static int DraftSteps(RenderRequest request, int steps) => request.DraftSteps ?? Math.Max(1, steps / 4);

    private static bool IsTenant(string name) =>
        name.Length is > 0 and <= MaxTenant && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    // The originals cut a longer text without a word, and its end then has no effect.
    private static string? TokenError(string text, ModelDescription model) =>
        model.CountTokens?.Invoke(text) is { } tokens && tokens > model.MostTokens
            ? $"at most {model.MostTokens} tokens, got {tokens}: {model.Name} reads no more; words are mostly one or two tokens"
            : null;

    private static string? OverlapError(RenderRequest request, ModelDescription model) => (request.Joining, request.Overlap) switch
    {
        (_, null) or (WindowMode.Continue, 1) => null,
        (WindowMode.Continue, var overlap) => $"windows that continue share 1 frame, got {overlap}",
        (_, var overlap) when overlap < 1 || overlap >= model.Frames =>
            $"1 to {model.Frames - 1} frames, of the {model.Frames} that {model.Name} makes at once; got {overlap}",
        _ => null,
    };

    // A job's state holds a line for each chunk: steps that are chunks of their own must not be too many.
    private static string? PassesError(RenderRequest request, ModelDescription model)
    {
        bool apart = request.SplitGuidance && (request.Guidance ?? model.Guidance) != 1;
        if (!apart && request.Joining == WindowMode.Continue) return null;
        int windows = WindowPlanner.Windows(request, model).Count;
        if (!apart && windows == 1) return null;
        int passes = windows * (request.Steps ?? model.Steps) * (apart ? 2 : 1);
        return passes <= MaxPasses
            ? null
            : $"at most {MaxPasses} passes of the network that are chunks of their own, got {passes}: {windows} windows";
    }

    // The planner's word for the model's own statistics is no blob: it would skip the check that they fit.
    private static bool IsAnalyticInit(string choice) => choice != RenderPlanner.ModelStatistics && BlobName.IsName(choice);
}
