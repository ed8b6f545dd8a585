using Cil.Grains.Chunks;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;

namespace Cil.Api.Tests;

/// <summary>A service with a small random model on a free port, for one test class.</summary>
public sealed class ServiceFixture : IAsyncLifetime, IDisposable
{
    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-service-").FullName;

    public CilService Service { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Service = await CilService.StartAsync(new ServiceOptions
        {
            Data = data,
            Models = [model.Folder],
            Url = "http://127.0.0.1:0",
            Name = "one",
            UploadMebibytes = 1,
            DrainSeconds = 0,
            Planning = new PlannerOptions { Threads = 1, StepsPerChunk = 2 },
        });
        Http = new HttpClient { BaseAddress = new Uri(Service.Url) };
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Service.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    public void Dispose() => model.Dispose();
}
