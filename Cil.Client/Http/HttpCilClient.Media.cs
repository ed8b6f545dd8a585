using System.Net;
using System.Net.Http.Headers;
using Cil.Client.Jobs;

namespace Cil.Client.Http;

public sealed partial class HttpCilClient
{
    private const string Statistics = "statistics/";

    // Times in a row that a download may break off without a byte more.
    private const int MostBreaks = 3;

    /// <inheritdoc/>
    public async Task<byte[]> DownloadAsync(string blob, CancellationToken cancellationToken = default)
    {
        using var content = new MemoryStream();
        await DownloadAsync(blob, content, null, cancellationToken);
        return content.ToArray();
    }

    /// <inheritdoc/>
    public async Task DownloadAsync(
        string blob, Stream destination, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        (long done, int breaks, EntityTagHeaderValue? version) = (0, 0, null);
        while (true)
        {
            var message = new HttpRequestMessage(HttpMethod.Get, Medium(blob));
            // What broke off goes on where it did, as long as it is the same file.
            if (done > 0 && version is not null)
            {
                message.Headers.Range = new RangeHeaderValue(done, null);
                message.Headers.IfRange = new RangeConditionHeaderValue(version);
            }

            using HttpResponseMessage answer = await api.SendAsync(message, cancellationToken, HttpCompletionOption.ResponseHeadersRead);
            if (answer.StatusCode == HttpStatusCode.NotFound) throw new FileNotFoundException($"{blob}: not in storage");
            if (!answer.IsSuccessStatusCode) throw await ApiErrors.OfAsync(answer, cancellationToken);
            if (done > 0 && answer.StatusCode != HttpStatusCode.PartialContent)
                throw new IOException($"{blob}: was replaced while it was read");
            version = answer.Headers.ETag;
            long? total = done + answer.Content.Headers.ContentLength;
            long before = done;
            try
            {
                await using Stream content = await answer.Content.ReadAsStreamAsync(cancellationToken);
                await StreamTransfer.CopyAsync(
                    content, destination, before, total, new Teller(bytes => done = bytes, progress), cancellationToken);
                return;
            }
            catch (Exception error) when (error is HttpIOException or HttpRequestException && version is not null)
            {
                breaks = done > before ? 1 : breaks + 1;
                if (breaks >= MostBreaks) throw new CilApiException(null, CilApiException.Unreachable, $"{blob}: {error.Message}", error);
            }
        }
    }

    // Snapshots name blobs; the API knows a job's by what they are.
    private static string Medium(string blob) => blob.Split('/') switch
    {
        ["jobs", var job, var file] when file.Split('.')[0] is "video" or "draft" or "poster" or "preview" =>
            $"api/jobs/{job}/{file.Split('.')[0]}",
        ["statistics", var id, _] => $"api/{Statistics}{id}",
        _ => throw new FileNotFoundException($"{blob}: no video, draft, poster, preview or statistics"),
    };

    private sealed class Teller(Action<long> note, IProgress<TransferProgress>? next) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            note(value.Bytes);
            next?.Report(value);
        }
    }
}
