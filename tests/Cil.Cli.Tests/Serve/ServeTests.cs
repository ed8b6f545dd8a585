using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cil.Client.Http;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.TestKit.Models;
using Cil.TestKit.Storage;

namespace Cil.Cli.Tests.Serve;

/// <summary>`cil serve` as a process: killed, stopped, and in another's way.</summary>
public sealed class ServeTests : IDisposable
{
    private const int SigTerm = 15;
    private const string Greeting = "serving at ";
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(3);

    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-serve-").FullName;

    [Fact]
    public async Task Serve_KilledInTheMiddleOfAJob_EndsItWhenItIsStartedAgainInTheSameBytes()
    {
        RenderRequest request = new() { Model = "tiny", Prompt = "a thing", Steps = 60, Seed = 5 };
        byte[] picture = PngWriter.Write(new byte[16 * 16 * 3], 16, 16), whole, resumed;
        RenderJobId id;
        (Process first, HttpClient connection) = await ServeAsync();
        var client = new HttpCilClient(connection);
        using (first)
        {
            whole = await EndAsync(client, (await client.SubmitAsync(request, picture)).Id);
            id = (await client.SubmitAsync(request, picture)).Id;
            await foreach (JobSnapshot snapshot in client.WatchAsync(id))
            {
                if (snapshot.Step >= 10) break;
            }

            first.Kill();
            await first.WaitForExitAsync();
        }

        (Process second, connection) = await ServeAsync();
        client = new HttpCilClient(connection);
        using (second)
        {
            resumed = await EndAsync(client, id);
            Assert.Equal(0, await StopAsync(second));
        }

        Assert.Equal(whole, resumed);
    }

    [Fact]
    public async Task Serve_ToldTwiceToStop_EndsAtOnceWhateverItIsAssigned()
    {
        // One chunk that takes far longer than the signals; the file's word counts, since nothing else says anything.
        await File.WriteAllTextAsync(
            Path.Combine(folder, "appsettings.json"), """{"Cil":{"Planning":{"StepsPerChunk":1000},"DrainSeconds":600}}""");
        (Process program, HttpClient connection) = await ServeAsync();
        var client = new HttpCilClient(connection);
        using (program)
        {
            JobSnapshot job = await client.SubmitAsync(
                new RenderRequest { Model = "tiny", Prompt = "a thing", Steps = 1000, Start = 1000, Seed = 5 },
                PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
            await foreach (JobSnapshot snapshot in client.WatchAsync(job.Id))
            {
                if (snapshot.Step >= 1) break;
            }

            await SignalAsync(program);
            // Of two signals that come before the first is taken the system makes one.
            await LeavingAsync(connection);

            Assert.Equal(128 + SigTerm, await StopAsync(program));
        }
    }

    [Fact]
    public async Task Serve_OnAFolderThatAnotherHas_Exits2AndNamesItsProcessAndAddress()
    {
        (Process first, _) = await ServeAsync();
        using (first)
        {
            string data = Path.Combine(folder, "data");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(data).UnixFileMode);
            Assert.All(
                Directory.GetFiles(data, "*", SearchOption.AllDirectories),
                file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode));

            CilProgram.Outcome second = await CilProgram.RunAsync(folder, Arguments());

            Assert.Equal(2, second.ExitCode);
            Assert.Contains("http://127.0.0.1:", second.Errors, StringComparison.Ordinal);
            Assert.Contains($"process {first.Id.ToString(CultureInfo.InvariantCulture)}", second.Errors, StringComparison.Ordinal);
            Assert.Equal(0, await StopAsync(first));
        }
    }

    [Fact]
    public async Task Serve_WithFaults_Exits2AndListsThem()
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, "serve", "--devices", "many", "--name", "a/b", "--cluster", "paper");

        Assert.Equal(2, outcome.ExitCode);
        Assert.All(
            ["Cil:Data", "Cil:Devices", "Cil:Name", "Cil:Cluster"],
            name => Assert.Contains(name, outcome.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_OnAPortThatIsTaken_Exits2AndSaysSoInOneLine()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}");

        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, [.. Arguments()[..^1], url]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(
            $"cil: Cil:Url: cannot answer at {url}: another program has the port; give another one, or stop that program\n",
            outcome.Errors);
    }

    [Fact]
    public async Task Serve_WithoutFfmpeg_Exits2AndNamesThePackage()
    {
        string tools = Directory.CreateDirectory(Path.Combine(folder, "tools")).FullName;
        foreach (string tool in Environment.GetEnvironmentVariable("PATH")!
            .Split(':')
            .Where(Directory.Exists)
            .SelectMany(Directory.GetFiles)
            .Where(tool => Path.GetFileName(tool) != "ffmpeg")
            .DistinctBy(Path.GetFileName))
        {
            _ = File.CreateSymbolicLink(Path.Combine(tools, Path.GetFileName(tool)), tool);
        }

        using Process program = CilProgram.Start(folder, Arguments(), ("PATH", tools));
        CilProgram.Outcome outcome = await CilProgram.EndAsync(program);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal("cil: the program ffmpeg is not in PATH; install the Debian package ffmpeg\n", outcome.Errors);
        Assert.False(Directory.Exists(Path.Combine(folder, "data")));
    }

    [Fact]
    public async Task Serve_KilledAgainAndAgainWithOneChunkAssigned_FailsItsJobInsteadOfBeginningItForEver()
    {
        await File.WriteAllTextAsync(
            Path.Combine(folder, "appsettings.json"), """{"Cil":{"Planning":{"StepsPerChunk":1000},"Leasing":{"MaxLosses":2}}}""");
        RenderJobId? id = null;
        for (int death = 0; death < 2; death++)
        {
            (Process program, HttpClient connection) = await ServeAsync();
            using (program)
            {
                var client = new HttpCilClient(connection);
                id ??= (await client.SubmitAsync(
                    new RenderRequest { Model = "tiny", Prompt = "a thing", Steps = 1000, Start = 1000, Seed = 5 },
                    PngWriter.Write(new byte[16 * 16 * 3], 16, 16))).Id;
                await foreach (JobSnapshot snapshot in client.WatchAsync(id.Value))
                {
                    if (snapshot.Step >= 1) break;
                }

                program.Kill();
                await program.WaitForExitAsync();
            }
        }

        (Process last, HttpClient http) = await ServeAsync();
        using (last)
        {
            JobSnapshot? end = null;
            await foreach (JobSnapshot snapshot in new HttpCilClient(http)
                .WatchAsync(id!.Value, new CancellationTokenSource(TimeLimit).Token))
            {
                end = snapshot;
            }

            Assert.Equal((JobState.Failed, JobError.WorkerLost), (end!.State, end.Error?.Code));
            Assert.Equal(0, await StopAsync(last));
        }
    }

    [Fact]
    public async Task Document_OfOneMachine_RunsAsWritten()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Cil.sln"))) root = Path.GetDirectoryName(root)!;
        string[][] commands = [.. File.ReadLines(Path.Combine(root, "docs", "cluster.md"))
            .Where(
                line => line.StartsWith("    cil serve ", StringComparison.Ordinal)
                    && line.Contains("--cluster localhost", StringComparison.Ordinal))
            .Select(line => line.Trim().Split(' ')[1..])];
        Assert.Equal(2, commands.Length);
        // Another service may have the ports of the document: the same silos at others, those that are not said among them.
        int first = Cil.TestKit.Storage.Ports.Free(6);
        commands[0] = [.. commands[0], "--url", "http://127.0.0.1:8300", "--silo-port", "11111", "--gateway-port", "30000"];
        commands = [.. commands.Select(words => words.Select(word => word switch
        {
            "http://127.0.0.1:8300" or "http://127.0.0.1:8301" => $"http://127.0.0.1:{first + word[^1] - '0'}",
            "11111" or "11112" => $"{first + 1 + word[^1] - '0'}",
            "30000" or "30001" => $"{first + 4 + word[^1] - '0'}",
            "localhost" => $"localhost={first + 2}",
            _ => word,
        }).Concat(["--models", model.Folder, "--threads", "1"]).ToArray())];

        (Process coordinator, HttpClient connection) = await ServeAsync(commands[0]);
        using (coordinator)
        {
            (Process worker, _) = await ServeAsync(commands[1]);
            using (worker)
            {
                var client = new HttpCilClient(connection);
                _ = await EndAsync(
                    client,
                    (await client.SubmitAsync(
                        new RenderRequest { Model = "tiny", Prompt = "a thing", Steps = 2, Seed = 5 },
                        PngWriter.Write(new byte[16 * 16 * 3], 16, 16))).Id);
                Assert.Equal(0, await StopAsync(worker));
            }

            Assert.Equal(0, await StopAsync(coordinator));
        }
    }

    [Theory]
    [InlineData("https://127.0.0.1:8443")]
    [InlineData("http://127.0.0.1:8300/below")]
    public async Task Serve_AtAnAddressThatItCannotHave_Exits2AndNamesTheForm(string url)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, [.. Arguments()[..^1], url]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(
            $"cil: Cil:Url: addresses such as http://127.0.0.1:8300 or http://*:8300 (https is for a proxy before the service), got "
                + $"'{url}'\n",
            outcome.Errors);
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<byte[]> EndAsync(HttpCilClient client, RenderJobId id)
    {
        JobSnapshot? end = null;
        await foreach (JobSnapshot snapshot in client.WatchAsync(id, new CancellationTokenSource(TimeLimit).Token)) end = snapshot;
        Assert.True(end!.State == JobState.Completed, $"{end.State}: {end.Error}");
        return await client.DownloadAsync(end.VideoBlob!);
    }

    private static async Task<int> StopAsync(Process program)
    {
        await SignalAsync(program);
        await program.WaitForExitAsync(new CancellationTokenSource(TimeLimit).Token);
        return program.ExitCode;
    }

    // Until it says that it takes no more work.
    private static async Task LeavingAsync(HttpClient connection)
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        while (true)
        {
            using HttpResponseMessage answer = await connection.GetAsync(new Uri("health/ready", UriKind.Relative), limit.Token);
            if (!answer.IsSuccessStatusCode) return;
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task SignalAsync(Process program)
    {
        using Process kill = Process.Start("kill", [$"-{SigTerm}", program.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private string[] Arguments() =>
    [
        "serve", "--data", Path.Combine(folder, "data"), "--models", model.Folder,
        "--threads", "1", "--name", "one", "--url", "http://127.0.0.1:0",
    ];

    private async Task<(Process Program, HttpClient Connection)> ServeAsync(string[]? arguments = null)
    {
        Process program = CilProgram.Start(folder, arguments ?? Arguments());
        Task<string> errors = program.StandardError.ReadToEndAsync();
        string? line = await program.StandardOutput.ReadLineAsync(new CancellationTokenSource(TimeLimit).Token);
        if (line?.StartsWith(Greeting, StringComparison.Ordinal) != true)
            throw new InvalidOperationException($"cil serve said '{line}': {await errors}");
        return (program, new HttpClient { BaseAddress = new Uri(line[Greeting.Length..]) });
    }
}
