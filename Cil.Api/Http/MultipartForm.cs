using System.Buffers;
using System.Text;
using Cil.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Cil.Api.Http;

/// <summary>A form of several parts: fields in memory, files on the disk as they come in.</summary>
internal sealed class MultipartForm : IDisposable
{
    private const string FormType = "multipart/form-data";
    private const int MostFields = 64, MostFieldBytes = 256 << 10, MostBoundary = 200;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<KeyValuePair<string, string>> fields = [];
    private readonly Dictionary<string, TemporaryUpload> files = new(StringComparer.Ordinal);
    private readonly List<RequestError> errors = [];

    private MultipartForm()
    {
    }

    /// <summary>Fields that are no files, each once.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Fields => fields;

    /// <summary>Unreadable and repeated fields, and files that nobody asked for.</summary>
    internal IReadOnlyList<RequestError> Errors => errors;

    internal static bool Is(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase);

    /// <param name="expected">What the form is for.</param>
    /// <param name="fileNames">The fields that are files.</param>
    /// <exception cref="BadHttpRequestException">It is no such form, breaks off, or is too large.</exception>
    internal static async Task<MultipartForm> ReadAsync(
        HttpRequest request, string expected, IReadOnlyList<string> fileNames, CancellationToken cancellationToken)
    {
        if (!Is(request))
        {
            throw new BadHttpRequestException(
                $"expected {FormType} with {expected}, got {Shown(request.ContentType)}", StatusCodes.Status415UnsupportedMediaType);
        }

        string boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary).ToString();
        if (boundary.Length is 0 or > MostBoundary)
            throw new BadHttpRequestException($"expected a boundary of 1 to {MostBoundary} characters in the content type");
        var form = new MultipartForm();
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            int count = 0;
            while (await TryReadAsync(() => reader.ReadNextSectionAsync(cancellationToken)) is { } section)
            {
                if (++count > MostFields) throw new BadHttpRequestException($"a form has at most {MostFields} fields");
                await form.ReadAsync(section, fileNames, cancellationToken);
            }

            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    /// <summary>A file of the form; null where none was sent, or an empty one.</summary>
    internal TemporaryUpload? File(string name) => files.GetValueOrDefault(name) is { Length: > 0 } file ? file : null;

    internal string? Field(string name) => fields.Where(field => field.Key == name).Select(field => field.Value).FirstOrDefault();

    public void Dispose()
    {
        foreach (TemporaryUpload file in files.Values) file.Dispose();
    }

    private async Task ReadAsync(MultipartSection section, IReadOnlyList<string> fileNames, CancellationToken cancellationToken)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition)
            || HeaderUtilities.RemoveQuotes(disposition.Name) is not { Length: > 0 } named)
        {
            throw new BadHttpRequestException("a part of the form has no name");
        }

        string name = named.ToString();
        await using var content = new SectionStream(section.Body);
        bool isFile = fileNames.Contains(name);
        if (files.ContainsKey(name) || fields.Exists(field => field.Key == name)) Refuse(name, "given twice");
        else if (isFile) files.Add(name, await TemporaryUpload.ReceiveAsync(content, cancellationToken));
        else if (disposition.FileName.HasValue || disposition.FileNameStar.HasValue)
            Refuse(name, $"there is no such file; there are: {string.Join(", ", fileNames)}");
        else if (Charset(section.ContentType) is { } charset) Refuse(name, $"expected UTF-8, got {Shown(charset)}");
        else if (await ReadTextAsync(name, content, cancellationToken) is { } text) fields.Add(KeyValuePair.Create(name, text));
        // Whatever was not read.
        await content.CopyToAsync(Stream.Null, cancellationToken);
    }

    private async Task<string?> ReadTextAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(MostFieldBytes + 1);
        try
        {
            int length = await content.ReadAtLeastAsync(
                bytes.AsMemory(0, MostFieldBytes + 1), MostFieldBytes + 1, throwOnEndOfStream: false, cancellationToken);
            if (length <= MostFieldBytes) return Utf8.GetString(bytes, 0, length);
            Refuse(name, $"at most {MostFieldBytes} bytes, got more");
        }
        catch (DecoderFallbackException)
        {
            Refuse(name, "expected UTF-8, got other bytes");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        return null;
    }

    private void Refuse(string name, string message)
    {
        if (!errors.Exists(known => known.Field == name)) errors.Add(new RequestError(name, message));
    }

    // Null for those that are UTF-8.
    private static string? Charset(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type) && type.Charset.Value is { Length: > 0 } charset
        && !charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        && !charset.Trim('"').Equals("us-ascii", StringComparison.OrdinalIgnoreCase)
            ? charset
            : null;

    private static string Shown(string? text) => string.IsNullOrEmpty(text) ? "none" : $"'{text[..Math.Min(text.Length, 100)]}'";

    // What the reader throws of a form that breaks off or has lines without end. A limit of the server's is told as that.
    private static async Task<T> TryReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception error) when (error is IOException or InvalidDataException && error is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("the form breaks off, or is none", error);
        }
    }

    private sealed class SectionStream(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await TryReadAsync(() => inner.ReadAsync(buffer, cancellationToken).AsTask());

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
