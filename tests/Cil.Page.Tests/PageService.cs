using Cil.Api.Identity;
using Cil.Client.Jobs;
using Cil.Interfaces.Jobs;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Storage;

namespace Cil.Page.Tests;

/// <summary>A service with the model that ships, on a folder of its own.</summary>
internal sealed class PageService : IAsyncDisposable
{
    internal const string Model = "cil-tiny";

    private readonly string data = Directory.CreateTempSubdirectory("cil-page-").FullName;
    private CilService? service;

    internal PageService() => Keys = new ApiKeyStore(new FileBlobStore(data), TimeProvider.System);

    internal ApiKeyStore Keys { get; }

    internal string Url { get; private set; } = "http://127.0.0.1:0";

    internal ICilClient Client => service!.Client;

    internal static string Picture => Path.Combine(Repository, "samples", "tangerine.png");

    internal static string Repository
    {
        get
        {
            string folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Cil.sln")))
                folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no Cil.sln above the tests");
            return folder;
        }
    }

    internal async Task<PageService> StartAsync(Action<ServiceOptions>? configure = null)
    {
        var options = new ServiceOptions
        {
            Data = data, Models = [Path.Combine(Repository, "models", Model)], Url = Url, Name = "page", DrainSeconds = 0,
        };
        options.Planning.Threads = 1;
        options.Planning.StepsPerChunk = 2;
        configure?.Invoke(options);
        service = await CilService.StartAsync(options);
        Url = service.Url;
        return this;
    }

    /// <summary>Stops it; it may be started again at the same address.</summary>
    internal async Task StopAsync()
    {
        if (service is not null) await service.DisposeAsync();
        service = null;
    }

    internal async Task<string> KeyAsync(string tenant, string scope) => (await Keys.CreateAsync(tenant, "test", [scope])).ToString();

    /// <summary>A job of few steps.</summary>
    internal async Task<JobSnapshot> SubmitAsync(string prompt, Func<RenderRequest, RenderRequest>? change = null)
    {
        var request = new RenderRequest { Model = Model, Prompt = prompt, Steps = 4, Seed = 1 };
        return await Client.SubmitAsync(change is null ? request : change(request), await File.ReadAllBytesAsync(Picture));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(data, recursive: true);
    }
}
