using System.Diagnostics;
using System.Text.Json;
using Cil.Diffusion.Devices;

namespace Cil.Diffusion.Tests.Packages;

public sealed class LibtorchChoiceTests
{
    [Theory]
    [InlineData("", "libtorch-cpu-linux-x64")]
    [InlineData("-p:CilDevice=cuda", "TorchSharp-cuda-linux")]
    [InlineData("-p:CilLibtorch=/opt/torch", null)]
    public void Build_TakesOneLibtorch(string property, string? expected)
    {
        Assert.Equal(expected is null ? [] : [expected], LibtorchOf("Cil.Cli/Cil.Cli.csproj", property));
    }

    [Theory]
    [InlineData("Cil.Silo/Cil.Silo.csproj")]
    [InlineData("Cil.Rendering/Cil.Rendering.csproj")]
    public void Build_OfACoordinator_TakesNone(string project) => Assert.Empty(LibtorchOf(project, ""));

    [Fact]
    public void Build_WithAFolder_TellsTheProgramOfIt()
    {
        JsonElement items = Evaluate(
            "Cil.Cli/Cil.Cli.csproj", "-getItem:RuntimeHostConfigurationOption", "-p:CilLibtorch=/opt/torch").GetProperty("Items");
        JsonElement option = items.GetProperty("RuntimeHostConfigurationOption").EnumerateArray()
            .Single(item => item.GetProperty("Identity").GetString() == TorchRuntime.LibtorchFolderSetting);

        Assert.Equal("/opt/torch", option.GetProperty("Value").GetString());
    }

    [Fact]
    public void Folder_WithoutLibtorch_IsNamed()
    {
        string message = Assert.Throws<DllNotFoundException>(() => TorchRuntime.LoadLibtorch("/opt/no such folder")).Message;

        Assert.Contains("expected libtorch.so in /opt/no such folder", message, StringComparison.Ordinal);
    }

    private static string[] LibtorchOf(string project, string property)
    {
        JsonElement items = Evaluate(project, "-getItem:PackageReference", property).GetProperty("Items").GetProperty("PackageReference");
        return [.. items.EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)
            .Where(
                name => name.StartsWith("libtorch", StringComparison.Ordinal) || name.StartsWith("TorchSharp-", StringComparison.Ordinal))];
    }

    private static JsonElement Evaluate(string project, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", ["msbuild", Path.Combine(Root(), project), "-getProperty:TargetFramework", .. arguments.Where(one => one.Length > 0)])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return JsonDocument.Parse(output).RootElement;
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cil.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"no Cil.sln above {AppContext.BaseDirectory}");
    }
}
