using System.Globalization;
using Cil.Cli.Options;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>`cil render --seeds` and `--count`: several videos of one picture, each written when it is there.</summary>
internal static class BatchRenderer
{
    internal static bool IsAskedFor(RenderOptions options) => options.Count is not null || options.Seeds.Count > 0;

    /// <returns>The exit code.</returns>
    /// <exception cref="CommandFailedException">A video could not be made; the others are written.</exception>
    internal static async Task<int> RenderAsync(
        ICilClient client, RenderRequest request, byte[] image, RenderOptions options, OutputFiles outputs, RenderProgress progress,
        CancellationToken cancellationToken)
    {
        RenderJobId id = BatchNames.New();
        var written = new HashSet<RenderJobId>();
        var batch = new BatchRequest { Request = request, Seeds = options.Seeds, Count = options.Count };
        BatchSnapshot last = (await client.SubmitBatchAsync(batch, [Upload.Of(image)], id, cancellationToken)).Batch;
        try
        {
            await foreach (BatchSnapshot snapshot in client.WatchBatchAsync(id, cancellationToken))
            {
                last = snapshot;
                progress.Show(snapshot);
                await WriteAsync(client, snapshot, outputs, written, progress, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Not the cancelled token: the grid is still there and must hear of it.
            _ = await client.CancelBatchAsync(id, CancellationToken.None);
            throw;
        }

        progress.Dispose();
        if (last.Completed == last.Members.Count) return ExitCode.Done;
        IEnumerable<string> reasons = last.Members.Where(member => member.Snapshot?.State != JobState.Completed).Select(
            member => string.Create(
                CultureInfo.InvariantCulture,
                $"seed {member.Seed}: {(member.Error ?? member.Snapshot?.Error)?.Message ?? "the job is gone"}"));
        throw new CommandFailedException(string.Create(
            CultureInfo.InvariantCulture, $"{last.Completed} of {last.Members.Count} videos were made; {string.Join("; ", reasons)}"));
    }

    private static async Task WriteAsync(
        ICilClient client, BatchSnapshot batch, OutputFiles outputs, HashSet<RenderJobId> written, RenderProgress progress,
        CancellationToken cancellationToken)
    {
        for (int i = 0; i < batch.Members.Count; i++)
        {
            if (batch.Members[i].Snapshot is not { State: JobState.Completed } job || !written.Add(job.Id)) continue;
            await outputs.Files[i].WriteAsync(await client.DownloadAsync(job.VideoBlob!, cancellationToken), cancellationToken);
            progress.Dispose();
            ResultLine.Print(outputs.Names[i], job, (job.FinishedAt - job.CreatedAt) ?? TimeSpan.Zero, isWritten: true);
        }
    }
}
