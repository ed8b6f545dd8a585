using System.Diagnostics;
using System.Text.Json;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Samplers;
using Cil.Grains.Blobs;
using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Grains.Leases;
using Cil.Grains.Models;
using Cil.Grains.Queue;
using Cil.Grains.Versions;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Media.Clips;
using Cil.Media.Images;
using Cil.Media.Processes;
using Cil.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Hostile.Tests;

/// <summary>Everything that comes from outside or may decay in storage, changed at random: refused or read, never worse.</summary>
public sealed class HostileTests : IDisposable
{
    private const int Side = 16, Frames = 4;

    private readonly string folder = Directory.CreateTempSubdirectory("cil-hostile-").FullName;

    [Fact]
    public Task Pictures() => HostileRun.RunAsync("pictures", 900, Files("Pictures"), async input =>
    {
        try
        {
            _ = await ImageDecoder.DecodeAsync(input, Side, Side);
            return HostileRun.Taken;
        }
        catch (MediaException refused)
        {
            return Refusal(refused);
        }
    });

    [Fact]
    public async Task Clips()
    {
        string[] containers = ["mp4", "mov", "mkv", "webm", "avi", "gif", "ts", "mpg", "flv", "asf", "y4m"];
        var valid = new List<byte[]>();
        foreach (string container in containers)
        {
            string made = Path.Combine(folder, $"clip.{container}");
            using Process ffmpeg = Process.Start(
                "ffmpeg",
                [
                    "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=25:duration=1",
                    "-pix_fmt", container == "gif" ? "rgb8" : "yuv420p", made,
                ]);
            await ffmpeg.WaitForExitAsync();
            valid.Add(await File.ReadAllBytesAsync(made));
        }

        string file = Path.Combine(folder, "mutated");
        await HostileRun.RunAsync("clips", 120, valid, async input =>
        {
            await File.WriteAllBytesAsync(file, input);
            try
            {
                _ = await ClipDecoder.DecodeAsync(file, Side, Side, Frames);
                return HostileRun.Taken;
            }
            catch (MediaException refused)
            {
                return Refusal(refused);
            }
        });
    }

    [Fact]
    public async Task ClipLists()
    {
        foreach (string clip in (string[])["a.mp4", "b.gif", "c.mkv"]) await File.WriteAllBytesAsync(Path.Combine(folder, clip), []);
        string[] lists =
        [
            "{\"file\":\"a.mp4\",\"caption\":\"a thing\"}\n",
            "{\"file\":\"b.gif\",\"caption\":\"\",\"motion\":\"left\"}\n{\"file\":\"c.mkv\",\"caption\":\"x\"}\n",
        ];
        await HostileRun.RunAsync("clip-lists", 4000, [.. lists.Select(System.Text.Encoding.UTF8.GetBytes)], async input =>
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, ClipList.FileName), input);
            try
            {
                _ = ClipList.Read(folder);
                return HostileRun.Taken;
            }
            catch (ClipListException refused)
            {
                return Refusal(refused);
            }
        });
    }

    [Fact]
    public Task Statistics()
    {
        byte[] whole = new LatentStatistics(new float[4 * 2 * 3 * 3], [4, 2, 3, 3], 0.5, 7).ToBytes();
        return HostileRun.RunAsync("statistics", 6000, [whole, .. Files("Checkpoints")], input =>
        {
            try
            {
                using DisposeScope scope = NewDisposeScope();
                _ = LatentStatistics.FromBytes("statistics", input, channels: 4);
                return Task.FromResult(HostileRun.Taken);
            }
            catch (Exception error) when (error is StatisticsException or CheckpointException)
            {
                return Task.FromResult(Refusal(error));
            }
        });
    }

    [Fact]
    public Task Checkpoints()
    {
        using DisposeScope made = NewDisposeScope();
        byte[] safetensors = SafetensorsWriter.ToBytes([("a.weight", ones(2, 3)), ("a.bias", zeros(2))]);
        return HostileRun.RunAsync("checkpoints", 6000, [safetensors, .. Files("Checkpoints")], input =>
        {
            try
            {
                using DisposeScope scope = NewDisposeScope();
                using ITensorFile file = TensorFiles.FromBytes("checkpoint", input);
                foreach (string name in file.Names) Assert.True(file.Read(name).bytes.Length <= input.Length, name);
                return Task.FromResult(HostileRun.Taken);
            }
            catch (CheckpointException refused)
            {
                return Task.FromResult(Refusal(refused));
            }
        });
    }

    [Fact]
    public Task StateOfJobs() => StateAsync(
        "state-jobs", "job", Job(), read => read.Damage is not null || read.Plan is null || read.Chunks.Count == read.Plan.Chunks.Count);

    [Fact]
    public Task StateOfTheQueue() => StateAsync(
        "state-queue", "queue", new QueueState { PausedTenants = ["a"], Shares = { ["b"] = 2 }, MemoryPeaks = { ["m"] = 7 } }, _ => true);

    private static string Refusal(Exception refused) => $"refused ({refused.GetType().Name})";

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static List<byte[]> Files(string kind) =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, kind)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    private static RenderJobState Job()
    {
        var model = new ModelDescription
        {
            Name = "tiny", Frames = 6, Width = 16, Height = 8, SizeMultiple = 8, Steps = 7,
            Guidance = 1.5, Start = 1000, PlaybackFps = 8, HasStatistics = true,
        };
        var request = new RenderRequest { Model = model.Name, Prompt = "a thing", ImageBlob = "jobs/one/input", Seed = 42 };
        RenderPlan plan = RenderPlanner.Plan(new RenderJobId("one"), request, model, new PlannerOptions { Threads = 1 }, drawnSeed: 1);
        return new RenderJobState
        {
            State = JobState.Running, Request = request, Plan = plan, Chunks = [.. plan.Chunks.Select(_ => new ChunkState())],
        };
    }

    // Without the checksum, which would tell of any change: what earlier versions have stored has none.
    private async Task StateAsync<T>(string kind, string name, T state, Func<T, bool> isSound)
        where T : class, new()
    {
        var blobs = new FileBlobStore(folder);
        var storage = new BlobGrainStorage(blobs, new LatestFormat(), NullLogger<BlobGrainStorage>.Instance);
        var grain = GrainId.Create("one", "one");
        await storage.WriteStateAsync(name, grain, new GrainState<T>(state));
        string file = Directory.GetFiles(Path.Combine(folder, "state"), "*", SearchOption.AllDirectories).Single();
        await HostileRun.RunAsync(kind, 1500, [JsonSerializer.SerializeToUtf8Bytes(state)], async input =>
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, input);
            var read = new GrainState<T>(new T());
            await storage.ReadStateAsync(name, grain, read);
            Assert.True(!read.RecordExists || isSound(read.State!));
            return !read.RecordExists ? "set aside" : (read.State as IDamageable)?.Damage is null ? HostileRun.Taken : "damaged";
        });
    }
}
