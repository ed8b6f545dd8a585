using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace RenderService;

/// <summary>A picture comes in, a video goes out; nothing is kept here.</summary>
internal static class VideoRoutes
{
    internal static void Map(WebApplication application)
    {
        application.MapPost("/videos", SubmitAsync).DisableAntiforgery();
        application.MapGet("/videos/{id}", async (string id, ICilClient grid, CancellationToken cancellationToken) =>
            await FindAsync(grid, id, cancellationToken) is { } job ? Results.Ok(Describe(job)) : Results.NotFound());
        application.MapGet("/videos/{id}/file", SendAsync);
    }

    private static async Task<IResult> SubmitAsync(
        IFormFile image, HttpRequest request, ICilClient grid, CancellationToken cancellationToken)
    {
        IFormCollection form = await request.ReadFormAsync(cancellationToken);
        var wanted = new RenderRequest { Model = form["model"].ToString(), Prompt = form["prompt"].ToString() };
        // The form's file is opened when it is sent, again where it has to be sent again.
        Receipt receipt = await grid.SubmitAsync(
            wanted, Upload.Of(image.OpenReadStream, image.Length), cancellationToken: cancellationToken);
        return Results.Accepted($"/videos/{receipt.Job.Id}", Describe(receipt.Job));
    }

    private static async Task<IResult> SendAsync(string id, ICilClient grid, CancellationToken cancellationToken)
    {
        if (await FindAsync(grid, id, cancellationToken) is not { VideoBlob: { } video }) return Results.NotFound();
        return Results.Stream(body => grid.DownloadAsync(video, body, progress: null, cancellationToken), "video/mp4");
    }

    private static async Task<JobSnapshot?> FindAsync(ICilClient grid, string id, CancellationToken cancellationToken) =>
        RenderJobId.IsId(id) ? await grid.GetAsync(new RenderJobId(id), cancellationToken) : null;

    private static object Describe(JobSnapshot job) => new
    {
        Id = job.Id.Value, State = job.State.ToString(), job.Step, job.Steps, RemainingSeconds = job.Remaining?.TotalSeconds,
        Error = job.Error?.Message,
    };
}
