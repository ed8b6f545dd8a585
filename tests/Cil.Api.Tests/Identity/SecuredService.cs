using System.Net.Http.Headers;
using Cil.Api.Identity;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Storage;
using Cil.TestKit.Models;

namespace Cil.Api.Tests.Identity;

/// <summary>A service whose tenants have keys.</summary>
public sealed class SecuredService : IAsyncDisposable
{
    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-secured-").FullName;
    private readonly List<HttpClient> clients = [];
    private CilService? service;

    internal SecuredService() => Keys = new ApiKeyStore(new FileBlobStore(data), TimeProvider.System);

    internal ApiKeyStore Keys { get; }

    internal CilService Service => service!;

    internal async Task<SecuredService> StartAsync(Action<ServiceOptions>? configure = null)
    {
        var options = new ServiceOptions
        {
            Data = data, Models = [model.Folder], Url = "http://127.0.0.1:0", Name = "secured", UploadMebibytes = 1, DrainSeconds = 0,
        };
        options.Planning.Threads = 1;
        configure?.Invoke(options);
        service = await CilService.StartAsync(options);
        return this;
    }

    /// <summary>A client with a new key of a tenant.</summary>
    internal async Task<HttpClient> ClientAsync(string tenant, params string[] scopes) =>
        Client((await Keys.CreateAsync(tenant, "test", scopes)).ToString());

    internal HttpClient Client(string? credential = null)
    {
        var http = new HttpClient
        {
            BaseAddress = new Uri(Service.Url.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)
                .Replace("[::]", "127.0.0.1", StringComparison.Ordinal)),
        };
        if (credential is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        clients.Add(http);
        return http;
    }

    internal static MultipartFormDataContent Job(params (string Name, string Value)[] fields) => Form([("steps", "1"), .. fields]);

    internal static MultipartFormDataContent Form(params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent { { new StringContent("a thing"), "prompt" } };
        foreach ((string name, string value) in fields) form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(PngWriter.Write(new byte[16 * 16 * 3], 16, 16)), "image", "picture.png");
        return form;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HttpClient http in clients) http.Dispose();
        if (service is not null) await service.DisposeAsync();
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }
}
