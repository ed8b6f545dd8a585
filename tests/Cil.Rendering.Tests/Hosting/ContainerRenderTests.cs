using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Rendering.Devices;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Storage;
using Cil.TestKit.Models;
using Cil.TestKit.Storage;
using Microsoft.Extensions.DependencyInjection;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Rendering.Tests.Hosting;

/// <summary>
/// Every system from every container through the grid, in the goldens' size: a video, and after every step the latents of the
/// bare pipeline, which are the originals' (GoldenLoopTests).
/// </summary>
public sealed class ContainerRenderTests : IDisposable
{
    private const ulong Seed = 5;
    private const string Prompt = "a thing";

    private readonly string data = Directory.CreateTempSubdirectory("cil-containers-").FullName;

    public static TheoryData<string, string> All => GoldenModel.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Render_FromEveryContainer_MakesAVideoWithThePipelinesLatentsAfterEveryStep(string system, string container)
    {
        using GoldenModel model = new(system, container), plain = new(system, GoldenModel.SafetensorsFile);
        var blobs = new RecordedBlobs(new FileBlobStore(data));
        await using CilHost grid = await CilHost.StartEmbeddedAsync(new EmbeddedOptions
        {
            DataFolder = data, ModelFolders = [model.Folder], Planning = new PlannerOptions { StepsPerChunk = 1, Threads = 1 },
            Configure = services => services.AddSingleton<IBlobStore>(blobs),
        });
        byte[] picture = [.. Enumerable.Range(0, GoldenModel.Size * GoldenModel.Size * 3).Select(i => (byte)(i * 5))];
        JobSnapshot job = await grid.Client.SubmitAsync(
            new RenderRequest { Model = GoldenModel.Name, Prompt = Prompt, Seed = Seed },
            PngWriter.Write(picture, GoldenModel.Size, GoldenModel.Size));
        await foreach (JobSnapshot snapshot in grid.Client.WatchAsync(job.Id, new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token))
            job = snapshot;

        Assert.True(job.State == JobState.Completed, $"{job.Error}");
        Assert.Equal("ftyp"u8.ToArray(), (await grid.Client.DownloadAsync(job.VideoBlob!))[4..8]);
        Assert.Equal(Steps(plain.Folder, picture), blobs.Latents.Select(Numbers));
    }

    public void Dispose() => Directory.Delete(data, recursive: true);

    private static byte[][] Steps(string folder, byte[] picture)
    {
        // Other tests of this process may render with another number, and sums depend on it.
        using IDisposable held = ProcessThreads.Use(1);
        using DisposeScope scope = NewDisposeScope();
        using VideoPipeline pipeline = ModelFolder.Load(folder, CPU);
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, Seed);
        using Conditioning conditioning = pipeline.Encode(new ConditioningInput
        {
            Image = picture, Width = GoldenModel.Size, Height = GoldenModel.Size, Prompt = Prompt,
            Fps = pipeline.Manifest.Defaults.Fps, Frames = GoldenModel.Frames, Seed = Seed,
        });
        Tensor latents = pipeline.StartLatents(plan);
        return [.. Enumerable.Range(0, pipeline.StepCount(plan))
            .Select(step => (latents = pipeline.Step(latents, conditioning, plan, step).Latents).bytes.ToArray())];
    }

    private static byte[] Numbers(byte[] stored)
    {
        using SafetensorsReader reader = SafetensorsReader.FromBytes("latents", stored);
        using Tensor latents = reader.Read("latents");
        return latents.bytes.ToArray();
    }
}
