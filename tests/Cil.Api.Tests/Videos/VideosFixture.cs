using Cil.Api.Identity;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Storage;
using Cil.TestKit.Http;

namespace Cil.Api.Tests.Videos;

/// <summary>A service that renders with the model that ships, for a tenant with a key.</summary>
public sealed class VideosFixture : IAsyncLifetime
{
    private readonly string data = Directory.CreateTempSubdirectory("cil-videos-").FullName;

    /// <summary>What a server of a test on this machine is known by.</summary>
    internal TestCertificate Certificate { get; } = new();

    internal CilService Service { get; private set; } = null!;

    internal string Key { get; private set; } = "";

    internal string OtherKey { get; private set; } = "";

    internal string BaseUrl => $"{Service.Url}/v1";

    internal string Picture => Path.Combine(data, "picture.png");

    public async Task InitializeAsync()
    {
        var keys = new ApiKeyStore(new FileBlobStore(data), TimeProvider.System);
        Key = (await keys.CreateAsync("studio", "", [Scope.Render])).ToString();
        OtherKey = (await keys.CreateAsync("other", "", [Scope.Render])).ToString();
        var options = new ServiceOptions
        {
            Data = data, Models = [Path.Combine(Repository(), "models", "cil-tiny")],
            Url = "http://127.0.0.1:0", Name = "videos", DrainSeconds = 0,
        };
        options.Planning.Threads = 1;
        options.Webhooks.MaxEndpoints = 3;
        options.UploadMebibytes = 1;
        (options.Outbound.Pictures, options.Outbound.PictureTimeout) = (true, TimeSpan.FromSeconds(3));
        (options.Outbound.Authorities, options.Outbound.Networks) = (Certificate.CertificateFile, ["127.0.0.0/8"]);
        Service = await CilService.StartAsync(options);
        byte[] rgb = new byte[64 * 64 * 3];
        for (int i = 0; i < rgb.Length; i++) rgb[i] = (byte)(i * 7);
        await File.WriteAllBytesAsync(Picture, PngWriter.Write(rgb, 64, 64));
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        Certificate.Dispose();
        Directory.Delete(data, recursive: true);
    }

    internal static string Repository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cil.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Cil.sln above the tests");
        return folder;
    }
}
