using System.Net;
using Cil.Client.Jobs;

namespace Cil.Client.Http;

/// <summary>Says in one line why a call got no answer, or none of Cil's.</summary>
public static class ConnectionErrors
{
    private const string Reference = ", see inner exception.";

    /// <summary>The messages of an exception and of those inside it, from the outermost, each once.</summary>
    public static string Explain(Exception error)
    {
        var causes = new List<string>();
        for (Exception? at = error; at is not null; at = at.InnerException)
        {
            string message = at.Message.Split('\n', 2)[0].Trim();
            if (message.EndsWith(Reference, StringComparison.Ordinal)) message = message[..^Reference.Length];
            message = message.TrimEnd('.');
            if (message.Length > 0 && !causes.Exists(cause => cause.Contains(message, StringComparison.Ordinal))) causes.Add(message);
        }

        return string.Join(": ", causes);
    }

    /// <summary>An answer that no service of Cil gives: another program is at that address, or something between.</summary>
    internal static CilApiException Foreign(HttpResponseMessage answer, Exception? inner = null) => new(
        (int)answer.StatusCode, CilApiException.NoService,
        $"{answer.RequestMessage?.RequestUri}: expected the API of a Cil service, got {(int)answer.StatusCode} with "
            + $"{answer.Content.Headers.ContentType?.MediaType ?? "no content"}",
        inner);

    internal static CilApiException Missing(Uri? service, string address) => new(
        (int)HttpStatusCode.NotFound, CilApiException.NoService,
        $"{service}{address.Split('?')[0]}: expected the API of a Cil service, got 404");
}
