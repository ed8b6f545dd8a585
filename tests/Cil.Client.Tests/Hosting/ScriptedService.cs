using System.Net;
using System.Net.Http.Json;
using System.Text;
using Cil.Client.Contracts;
using Cil.Interfaces;

namespace Cil.Client.Tests.Hosting;

/// <summary>Stands for the wire: gives answers in their order and remembers what was asked.</summary>
internal sealed class ScriptedService(params object[] answers) : HttpMessageHandler
{
    internal List<(string? Key, string Body)> Requests { get; } = [];

    /// <summary>Raised before an answer is given.</summary>
    internal event Action? Answered;

    internal static HttpResponseMessage Job(RenderJobId id, HttpStatusCode status = HttpStatusCode.OK) =>
        Json(new ApiJob { Id = id.Value, State = ApiJobState.Queued, Stage = ApiJobStage.Waiting }, status);

    internal static HttpResponseMessage Json<T>(T body, HttpStatusCode status) =>
        new(status) { Content = JsonContent.Create(body, options: ApiJson.Options) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        // As a connection does: nothing is kept for the next time.
        if (request.Content is not null) await request.Content.CopyToAsync(body, cancellationToken);
        string? key = request.Headers.TryGetValues("Idempotency-Key", out IEnumerable<string>? keys) ? keys.Single() : null;
        Requests.Add((key, Encoding.Latin1.GetString(body.ToArray())));
        Answered?.Invoke();
        return answers[Requests.Count - 1] switch
        {
            Exception error => throw error,
            HttpResponseMessage answer => answer,
            var other => throw new InvalidOperationException($"{other}"),
        };
    }
}
