using System.IO.Compression;
using System.Xml.Linq;

namespace Cil.Client.Tests.Package;

/// <summary>The package as another service installs it.</summary>
public sealed class PackageTests(RenderServiceFixture fixture) : IClassFixture<RenderServiceFixture>, IDisposable
{
    private static readonly string[] Files =
        ["README.md", .. new[] { "Cil.Client", "Cil.Interfaces" }.SelectMany(
            name => new[] { $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml" })];

    private readonly string folder = Directory.CreateTempSubdirectory("cil-package-").FullName;

    // A version of its own: the machine's cache of packages must not answer with an older one.
    private readonly string version = $"0.1.0-test.{Guid.NewGuid():N}";

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string cached = Path.Combine(cache, "cil.client", version);
        if (Directory.Exists(cached)) Directory.Delete(cached, recursive: true);
    }

    [Fact]
    public async Task Package_HasAllThatItSays_AndANewProgramRendersWithIt()
    {
        string feed = Path.Combine(folder, "feed"), program = Path.Combine(folder, "consumer");
        _ = await PackAsync(feed);

        using (ZipArchive package = Open(feed, "nupkg"), symbols = Open(feed, "snupkg"))
        {
            string[] files = [.. package.Entries.Select(entry => entry.FullName)];
            foreach (string file in Files) Assert.Contains(file, files);
            Assert.Equal(
                ["Cil.Client.pdb"],
                symbols.Entries.Select(entry => entry.Name).Where(name => name.EndsWith(".pdb", StringComparison.Ordinal)).Order());
            XElement metadata = Metadata(package);
            Assert.Equal(("README.md", "Apache-2.0"), (Value(metadata, "readme"), Value(metadata, "license")));
            Assert.NotEmpty(Value(metadata, "description"));
            string[] needs = [.. metadata.Descendants().Where(
                element => element.Name.LocalName == "dependency").Select(element => (string)element.Attribute("id")!).Order()];
            Assert.Equal(
                ["Microsoft.Extensions.Http.Resilience", "Microsoft.Orleans.Client", "Microsoft.Orleans.Sdk", "Polly.Core"], needs);
        }

        WriteConsumer(program, feed);
        string video = Path.Combine(folder, "video.mp4");
        _ = await ChildProcess.RunAsync("dotnet", program, "build", "--nologo", "-v", "q");
        string said = await ChildProcess.RunAsync(
            "dotnet", program, Path.Combine("bin", "Debug", "net10.0", "Consumer.dll"), fixture.Url, fixture.Key, fixture.Picture, video);

        Assert.Equal("Completed 5", said.Trim());
        Assert.Equal("ftyp"u8.ToArray(), (await File.ReadAllBytesAsync(video))[4..8]);
    }

    private static ZipArchive Open(string feed, string kind) => ZipFile.OpenRead(Assert.Single(Directory.GetFiles(feed, $"*.{kind}")));

    private static XElement Metadata(ZipArchive package)
    {
        using Stream content = package.Entries.Single(entry => entry.FullName == "Cil.Client.nuspec").Open();
        return XDocument.Load(content).Root!;
    }

    private static string Value(XElement metadata, string name) =>
        metadata.Descendants().Single(element => element.Name.LocalName == name).Value;

    // In the configuration that these tests were built with.
    private Task<string> PackAsync(string feed)
    {
        string configuration = AppContext.BaseDirectory.Contains("release", StringComparison.Ordinal) ? "Release" : "Debug";
        return ChildProcess.RunAsync(
            "dotnet", ChildProcess.Repository(), "pack", "Cil.Client", "--nologo", "-v", "q", "-c", configuration, "-o",
            feed, $"-p:PackageVersion={version}");
    }

    // Beside the feed there are the sources that the machine has for everything else.
    private void WriteConsumer(string program, string feed)
    {
        _ = Directory.CreateDirectory(program);
        File.WriteAllText(Path.Combine(program, "Consumer.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NoWarn>NU1900;NU1905</NoWarn>
                <RestoreAdditionalProjectSources>{feed}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Cil.Client" Version="{version}" />
              </ItemGroup>
            </Project>
            """);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Package", "Consumer", "Consumer.cs.txt"), Path.Combine(program, "Program.cs"));
    }
}
