using Cil.Api.Identity;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Storage;
using Cil.TestKit.Models;

namespace Cil.Client.Tests;

/// <summary>A service that renders for one tenant, which has a key.</summary>
public sealed class RenderServiceFixture : IAsyncLifetime, IDisposable
{
    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-client-").FullName;
    private CilService? service;

    internal string Url => service!.Url;

    internal string Key { get; private set; } = "";

    /// <summary>The file of a small picture.</summary>
    internal string Picture => Path.Combine(data, "picture.png");

    internal static byte[] PictureBytes { get; } = PngWriter.Write(new byte[16 * 16 * 3], 16, 16);

    public async Task InitializeAsync()
    {
        Key = (await new ApiKeyStore(new FileBlobStore(data), TimeProvider.System).CreateAsync("studio", "", [Scope.Render])).ToString();
        var options = new ServiceOptions
        {
            Data = data,
            Models = [model.Folder],
            Url = "http://127.0.0.1:0",
            Name = "client",
            DrainSeconds = 0,
        };
        options.Planning.Threads = 1;
        options.Planning.StepsPerChunk = 2;
        service = await CilService.StartAsync(options);
        await File.WriteAllBytesAsync(Picture, PictureBytes);
    }

    public async Task DisposeAsync()
    {
        await service!.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    public void Dispose() => model.Dispose();
}
