using Cil.Media.Processes;

namespace Cil.Media.Tests.Processes;

public sealed class FfmpegTests
{
    private const long Gibibyte = 1L << 30;

    private readonly string marker = $"cil-{Guid.NewGuid():N}";

    [Fact]
    public async Task Run_BeyondItsTime_IsEnded()
    {
        MediaException error = await Assert.ThrowsAsync<MediaException>(
            () => EndlessAsync(new ProcessLimits(TimeSpan.FromSeconds(1), 2 * Gibibyte), default));

        Assert.Equal("ffmpeg: ended after 1 s, the most that it may take", error.Message);
        await GoneAsync();
    }

    [Fact]
    public async Task Run_OnceCancelled_IsKilled()
    {
        using var stop = new CancellationTokenSource();
        Task<byte[]> run = EndlessAsync(ProcessLimits.Clip, stop.Token);
        while (!Running().Any() && !run.IsCompleted) await Task.Yield();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        await GoneAsync();
    }

    [Fact]
    public async Task Run_BeyondItsMemory_Fails()
    {
        // Two frames of 400 MB each.
        string[] arguments =
        [
            "-v", "error", "-nostdin", "-f", "lavfi", "-i",
            "color=size=10000x10000:rate=1:duration=1,format=rgba,reverse", "-f", "null", "-",
        ];

        // Without memory some of its versions end with an error, others wait for ever: then its time ends it. With memory it
        // takes a second.
        _ = await Assert.ThrowsAsync<MediaException>(
            () => Ffmpeg.RunAsync(
                "ffmpeg", arguments, default, 0, default, limits: new ProcessLimits(TimeSpan.FromSeconds(5), Gibibyte / 2)));

        _ = await Ffmpeg.RunAsync(
            "ffmpeg", arguments, default, 0, default, limits: new ProcessLimits(TimeSpan.FromMinutes(10), 8 * Gibibyte));
    }

    [Fact]
    public async Task Run_OfAProgramThatIsNotThere_NamesThePackage()
    {
        MediaException error = await Assert.ThrowsAsync<MediaException>(() => Ffmpeg.RunAsync(marker, [], default, 0, default));

        Assert.Equal($"the program {marker} cannot be started (it is not in PATH); install the Debian package ffmpeg", error.Message);
    }

    [Fact]
    public async Task Run_FromAThreadThatEnds_GoesOn()
    {
        using var stop = new CancellationTokenSource();
        Task<byte[]>? run = null;
        // The kernel's signal is bound to the thread that starts a program, and threads of the pool end when they are idle.
        var thread = new Thread(() =>
        {
            run = EndlessAsync(ProcessLimits.Clip, stop.Token);
            SpinWait.SpinUntil(() => Running().Any() || run.IsCompleted);
        });
        thread.Start();
        thread.Join();

        _ = await Assert.ThrowsAsync<TimeoutException>(() => run!.WaitAsync(TimeSpan.FromSeconds(1)));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run!);
    }

    private Task<byte[]> EndlessAsync(ProcessLimits limits, CancellationToken cancellationToken) => Ffmpeg.RunAsync(
        "ffmpeg",
        [
            "-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i",
            "color=size=16x16:rate=1", "-metadata", $"title={marker}", "-f", "null", "-",
        ],
        default, 1 << 20, cancellationToken, limits: limits);

    private IEnumerable<string> Running() =>
        Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Where(folder =>
        {
            try
            {
                // Not the tools that become ffmpeg.
                string line = File.ReadAllText(Path.Combine(folder, "cmdline"));
                return line.Contains(marker, StringComparison.Ordinal) && line.Split('\0')[0].EndsWith("/ffmpeg", StringComparison.Ordinal);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });

    // Killed, it may take the kernel a moment.
    private async Task GoneAsync()
    {
        for (int left = 1000; Running().Any(); left--)
        {
            Assert.True(left > 0, "ffmpeg goes on");
            await Task.Delay(10);
        }
    }
}
