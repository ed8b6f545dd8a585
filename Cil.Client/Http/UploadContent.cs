using System.Net;
using Cil.Client.Jobs;

namespace Cil.Client.Http;

/// <summary>An upload as a part of a form. It is opened anew each time that it is sent.</summary>
internal sealed class UploadContent(Upload upload) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, default);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using Stream content = upload.Open();
        _ = await StreamTransfer.CopyAsync(content, stream, 0, upload.Length, upload.Progress, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = upload.Length;
        return true;
    }
}
