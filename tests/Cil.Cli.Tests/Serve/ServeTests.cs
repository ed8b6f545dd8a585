using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cil.Client.Http;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.TestKit.Models;

namespace Cil.Cli.Tests.Serve;

/// <summary>`cil serve` as a process: killed, stopped, and in another's way.</summary>
public sealed class ServeTests : IDisposable
{
    private const int SigTerm = 15;
    private const string Greeting = "serving at ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

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
    public async Task Serve_ToldTwiceToStop_EndsAtOnceWhateverItHasInHand()
    {
        // One chunk that takes far longer than the signals; the file's word counts, since nothing else says anything.
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), """{"Cil":{"Planning":{"StepsPerChunk":1000},"DrainSeconds":600}}""");
        (Process program, HttpClient connection) = await ServeAsync();
        var client = new HttpCilClient(connection);
        using (program)
        {
            JobSnapshot job = await client.SubmitAsync(new RenderRequest { Model = "tiny", Prompt = "a thing", Steps = 1000, Start = 1000, Seed = 5 }, PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
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
            Assert.All(Directory.GetFiles(data, "*", SearchOption.AllDirectories), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(file).UnixFileMode));

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
        Assert.All(["Cil:Data", "Cil:Devices", "Cil:Name", "Cil:Cluster"], name => Assert.Contains(name, outcome.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_OnAPortThatIsTaken_Exits2AndSaysSoInOneLine()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}");

        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, [.. Arguments()[..^1], url]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal($"cil: --url: cannot answer at {url}: another program has the port; give another one, or stop that program\n", outcome.Errors);
    }

    [Fact]
    public async Task Serve_WithoutFfmpeg_Exits2AndSaysWhatToInstall()
    {
        string programs = Directory.CreateDirectory(Path.Combine(folder, "bin")).FullName;
        foreach (string program in (string[])["env", "dotnet"])
        {
            string place = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(one => Path.Combine(one, program)).First(File.Exists);
            _ = File.CreateSymbolicLink(Path.Combine(programs, program), place);
        }

        using Process started = CilProgram.Start(folder, Arguments(), ("PATH", programs));
        CilProgram.Outcome outcome = await CilProgram.EndAsync(started);

        Assert.Equal((2, "cil: the program ffmpeg cannot be started (it is not in PATH); install the Debian package ffmpeg\n"), (outcome.ExitCode, outcome.Errors));
    }

    [Theory]
    [InlineData("https://127.0.0.1:8443")]
    [InlineData("http://127.0.0.1:8300/below")]
    public async Task Serve_AtAnAddressThatItCannotHave_Exits2AndNamesTheForm(string url)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, [.. Arguments()[..^1], url]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal($"cil: Cil:Url: addresses such as http://127.0.0.1:8300 or http://*:8300 (https is for a proxy before the service), got '{url}'\n", outcome.Errors);
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<byte[]> EndAsync(HttpCilClient client, RenderJobId id)
    {
        JobSnapshot? end = null;
        await foreach (JobSnapshot snapshot in client.WatchAsync(id, new CancellationTokenSource(Patience).Token)) end = snapshot;
        Assert.True(end!.State == JobState.Completed, $"{end.State}: {end.Error}");
        return await client.DownloadAsync(end.VideoBlob!);
    }

    private static async Task<int> StopAsync(Process program)
    {
        await SignalAsync(program);
        await program.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        return program.ExitCode;
    }

    // Until it says that it takes no more work.
    private static async Task LeavingAsync(HttpClient connection)
    {
        using var limit = new CancellationTokenSource(Patience);
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

    private string[] Arguments() => ["serve", "--data", Path.Combine(folder, "data"), "--models", model.Folder, "--threads", "1", "--name", "one", "--url", "http://127.0.0.1:0"];

    private async Task<(Process Program, HttpClient Connection)> ServeAsync()
    {
        Process program = CilProgram.Start(folder, Arguments());
        Task<string> errors = program.StandardError.ReadToEndAsync();
        string? line = await program.StandardOutput.ReadLineAsync(new CancellationTokenSource(Patience).Token);
        if (line?.StartsWith(Greeting, StringComparison.Ordinal) != true) throw new InvalidOperationException($"cil serve said '{line}': {await errors}");
        return (program, new HttpClient { BaseAddress = new Uri(line[Greeting.Length..]) });
    }
}
