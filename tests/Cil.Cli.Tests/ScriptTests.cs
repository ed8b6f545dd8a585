using System.Diagnostics;
using Cil.Rendering.Chunks;

namespace Cil.Cli.Tests;

/// <summary>
/// The script `cil` of a clone, wherever that is and however it is called. What it starts is noted by a stand-in for dotnet,
/// which would build for minutes.
/// </summary>
public sealed class ScriptTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cil-script-").FullName;

    public ScriptTests()
    {
        string root = AppContext.BaseDirectory, tools = Directory.CreateDirectory(At("tools")).FullName;
        while (!File.Exists(Path.Combine(root, "Cil.sln"))) root = Path.GetDirectoryName(root)!;
        _ = Directory.CreateDirectory(At("clone"));
        File.Copy(Path.Combine(root, "cil"), At("clone/cil"));
        File.WriteAllText(Path.Combine(tools, "dotnet"), "#!/bin/sh\necho \"$@\"\nenv >env\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(tools, "dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Script_ThroughALinkAndWithCdPath_StartsTheProgramOfItsClone()
    {
        _ = await RunAsync(At("clone/cil"), "/");
        _ = File.CreateSymbolicLink(At("link"), At("clone/cil"));

        Assert.Equal($"{Program("clone")} models\n", await RunAsync(At("link"), At(".")));
        Assert.Equal($"{Program("clone")} models\n", await RunAsync("clone/cil", folder));
    }

    [Fact]
    public async Task Script_OfACloneThatWasMoved_BuildsAgain()
    {
        _ = await RunAsync(At("clone/cil"), "/");
        Assert.False(File.ReadAllText(At("clone/artifacts/build.log")).Length == 0);
        File.Delete(At("clone/artifacts/build.log"));
        _ = await RunAsync(At("clone/cil"), "/");
        Assert.False(File.Exists(At("clone/artifacts/build.log")));

        Directory.Move(At("clone"), At("moved"));

        Assert.Equal($"{Program("moved")} models\n", await RunAsync(At("moved/cil"), "/"));
        Assert.Contains(At("moved/Cil.Cli"), File.ReadAllText(At("moved/artifacts/build.log")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_WhereAddressSpaceIsLimited_HasNoneReservedThatIsNotUsed()
    {
        _ = await RunAsync(At("clone/cil"), "/");
        Assert.DoesNotContain("DOTNET_GCRegionRange", await File.ReadAllTextAsync(At("env")), StringComparison.Ordinal);

        _ = await RunAsync("-c", "/", $"ulimit -v {3 << 20}; exec {At("clone/cil")} models");

        string[] variables = await File.ReadAllLinesAsync(At("env"));
        Assert.Contains($"DOTNET_GCRegionRange=0x{3L << 28:x}", variables);
        Assert.Contains("MALLOC_ARENA_MAX=2", variables);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string At(string name) => Path.Combine(folder, name);

    private string Program(string clone) => At($"{clone}/artifacts/publish/Cil.Cli/release_linux-x64/cil.dll");

    // In the folder, with what would lead "cd clone" elsewhere.
    private async Task<string> RunAsync(string script, string cdPath, string argument = "models")
    {
        var start = new ProcessStartInfo("bash", [script, argument])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{At("tools")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["CDPATH"] = cdPath;
        start.Environment["CIL_LIBTORCH"] = "cpu";
        CilProgram.Outcome outcome = await CilProgram.EndAsync(Process.Start(start)!);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        return outcome.Output;
    }
}
