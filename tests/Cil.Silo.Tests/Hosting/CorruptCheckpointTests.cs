using Cil.Grains.Chunks;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;

namespace Cil.Silo.Tests.Hosting;

/// <summary>A grid that was ended in the middle, and whose checkpoints were damaged before it begins again.</summary>
public sealed class CorruptCheckpointTests : IDisposable
{
    private static readonly RenderJobId Id = new("torn");
    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-torn-").FullName;

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("the newest cut short", 1, false)]
    [InlineData("all cut short", int.MaxValue, false)]
    [InlineData("all lost", int.MaxValue, true)]
    public async Task Job_WhoseCheckpointsAreDamaged_EndsInTheSameBytes(string damage, int count, bool lost)
    {
        byte[] undisturbed = await RenderAsync(Path.Combine(folder, "undisturbed"));
        string data = Path.Combine(folder, "disturbed");
        await using (CilHost grid = await StartAsync(data))
        {
            _ = await grid.Client.SubmitAsync(Request, Picture(), Id);
            await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(Id))
            {
                if (snapshot.Step >= 4) break;
            }

            _ = await grid.Client.PauseAsync(Id);
        }

        string[] checkpoints =
            [.. Directory.GetFiles(Path.Combine(data, "jobs", Id.Value, "work"), "*.safetensors").OrderDescending(StringComparer.Ordinal)];
        Assert.True(checkpoints.Length > 0, $"{damage}: there is nothing to damage");
        foreach (string file in checkpoints.Take(count))
        {
            if (lost) File.Delete(file);
            else await using (FileStream stream = File.OpenWrite(file)) stream.SetLength(stream.Length - 3);
        }

        Assert.Equal(undisturbed, await RenderAsync(data));
    }

    [Fact]
    public async Task Job_WhoseImageIsDamagedInStorage_FailsAndSaysSo()
    {
        string data = Path.Combine(folder, "image");
        await using (CilHost grid = await StartAsync(data))
        {
            await grid.Client.PauseQueueAsync();
            _ = await grid.Client.SubmitAsync(Request, Picture(), Id);
        }

        string file = Assert.Single(Directory.GetFiles(Path.Combine(data, "jobs", Id.Value), "input.*"));
        byte[] content = await File.ReadAllBytesAsync(file);
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(file, content);
        await using CilHost again = await StartAsync(data);
        await again.Client.UnpauseQueueAsync();
        JobSnapshot? end = null;
        await foreach (JobSnapshot snapshot in again.Client.WatchAsync(Id)) end = snapshot;

        Assert.Equal((JobState.Failed, JobError.StorageFailed), (end!.State, end.Error!.Code));
        Assert.Contains("it is not what was uploaded", end.Error.Message, StringComparison.Ordinal);
    }

    private static RenderRequest Request => new() { Model = "tiny", Prompt = "a thing", Steps = 16, Seed = 5 };

    private static byte[] Picture() => PngWriter.Write(new byte[40 * 36 * 3], 40, 36);

    private Task<CilHost> StartAsync(string data) => CilHost.StartEmbeddedAsync(new EmbeddedOptions
    {
        DataFolder = data, ModelFolders = [model.Folder], Planning = new PlannerOptions { StepsPerChunk = 2, Threads = 1 },
    });

    private async Task<byte[]> RenderAsync(string data)
    {
        await using CilHost grid = await StartAsync(data);
        _ = await grid.Client.SubmitAsync(Request, Picture(), Id);
        _ = await grid.Client.UnpauseAsync(Id);
        JobSnapshot? end = null;
        await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(Id)) end = snapshot;
        Assert.True(end!.State == JobState.Completed, $"{end.Error}");
        return await grid.Client.DownloadAsync(end.VideoBlob!);
    }
}
