using System.CommandLine;
using System.Net.Http.Headers;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Client.Http;
using Cil.Client.Jobs;
using Cil.Silo.Hosting;
using Cil.Silo.Options;

namespace Cil.Cli.Jobs;

/// <summary>
/// The way to the jobs of a data folder or of a running service. A folder that a service runs on is reached through the
/// service; else a grid is started on it, with devices for a command that renders and without for one that only looks.
/// </summary>
internal sealed class JobAccess : IAsyncDisposable
{
    internal const string UrlVariable = "CIL_URL", KeyVariable = "CIL_KEY", StandardUrl = "http://127.0.0.1:8300";

    private readonly IAsyncDisposable? grid;
    private readonly HttpClient? http;

    private JobAccess(ICilClient client, IAsyncDisposable? grid, HttpClient? http) => (Client, this.grid, this.http) = (client, grid, http);

    internal ICilClient Client { get; }

    /// <summary>Whether it goes to a grid that was started for it, where nobody else brings devices.</summary>
    internal bool IsOwnGrid => grid is not null;

    internal static Option<string?> Data =>
        new("--data") { Description = "the folder that keeps the jobs; a service that runs on it is asked" };

    internal static Option<string?> Url =>
        new("--url") { Description = $"a running service (default, without --data: {UrlVariable} of the environment, or {StandardUrl})" };

    /// <param name="models">The folders of the models that a grid of its own has; null for all that are found.</param>
    /// <exception cref="BadInputException">There is no such folder, or the address is none.</exception>
    internal static async Task<JobAccess> OpenAsync(
        string? data, string? url, int devices, CancellationToken cancellationToken, IReadOnlyList<string>? models = null)
    {
        if (data is not null && url is not null) throw new BadInputException("--url", "give either --data or --url, not both");
        if (data is null) return Over(url ?? Environment.GetEnvironmentVariable(UrlVariable) ?? StandardUrl);
        if (!Directory.Exists(data)) throw new BadInputException("--data", $"there is no folder {data}");
        if (ServiceFile.Find(data) is { } service) return Over(service);
        CilHost grid = await CilHost.StartEmbeddedAsync(
            new EmbeddedOptions { DataFolder = data, ModelFolders = models ?? [.. ModelLocations.All().Values], Devices = devices },
            cancellationToken);
        return new JobAccess(grid.Client, grid, null);
    }

    /// <summary>A running service's HTTP client, for what only a service has.</summary>
    /// <exception cref="BadInputException">No service runs on the folder, or the address is none.</exception>
    internal static HttpClient Service(string? data, string? url)
    {
        if (data is not null && url is not null) throw new BadInputException("--url", "give either --data or --url, not both");
        if (data is null) return Connect(url ?? Environment.GetEnvironmentVariable(UrlVariable) ?? StandardUrl);
        return Connect(ServiceFile.Find(data) ?? throw new BadInputException("--data", $"no service runs on {data}"));
    }

    public async ValueTask DisposeAsync()
    {
        http?.Dispose();
        if (grid is not null) await grid.DisposeAsync();
    }

    private static JobAccess Over(string url)
    {
        HttpClient http = Connect(url);
        return new JobAccess(new HttpCilClient(http), null, http);
    }

    private static HttpClient Connect(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new BadInputException("--url", $"expected http://HOST:PORT, got '{url}'");
        var http = new HttpClient { BaseAddress = address };
        // Not an option: other users of a machine see a command's options.
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }
}
