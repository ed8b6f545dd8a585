using System.Text.Json;
using Cil.Api.Http;
using Cil.Client.Http;
using Cil.Client.Jobs;
using Cil.Grains.Blobs;
using Cil.Interfaces.Statistics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Cil.Api.Statistics;

/// <summary>Analytic-Init statistics of a data set: measured while the caller listens, then downloaded.</summary>
internal static class StatisticsRoutes
{
    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/statistics", BuildAsync);
        api.MapGet("/statistics/{id}", async (string id, ICilClient client, CancellationToken cancellationToken) =>
        {
            try
            {
                return CilApi.Id(id) is { } one
                    ? Results.Bytes(await client.DownloadAsync(BlobNames.Statistics(one), cancellationToken), "application/octet-stream", enableRangeProcessing: true)
                    : CilApi.NotFound($"statistics '{id}' are not there");
            }
            catch (FileNotFoundException)
            {
                return CilApi.NotFound($"statistics '{id}' are not there");
            }
        });
    }

    private static async Task<IResult> BuildAsync(HttpRequest http, ICilClient client, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        StatisticsRequest request;
        try
        {
            request = await http.ReadFromJsonAsync<StatisticsRequest>(ApiJson.Options, cancellationToken) ?? throw new JsonException("expected an object");
        }
        catch (JsonException error)
        {
            throw new BadHttpRequestException(error.Message, error);
        }

        // The first snapshot before the answer begins: a request that is refused is no stream.
        IAsyncEnumerator<StatisticsSnapshot> snapshots = client.BuildStatisticsAsync(request, http.HttpContext.RequestAborted).GetAsyncEnumerator(CancellationToken.None);
        bool any = await snapshots.MoveNextAsync();
        return new ServerSentEvents<StatisticsSnapshot>("statistics", _ => RestAsync(snapshots, any), lifetime.ApplicationStopping);
    }

    private static async IAsyncEnumerable<StatisticsSnapshot> RestAsync(IAsyncEnumerator<StatisticsSnapshot> snapshots, bool any)
    {
        await using (snapshots)
        {
            for (; any; any = await snapshots.MoveNextAsync()) yield return snapshots.Current;
        }
    }
}
