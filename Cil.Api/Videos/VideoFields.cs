using System.Text;
using System.Text.Json;
using Cil.Api.Http;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Cil.Api.Videos;

/// <summary>A request's fields, whichever way they came: a form, JSON, or the further spellings of other servers.</summary>
internal sealed class VideoFields : IDisposable
{
    internal const string Reference = "input_reference", Prompt = "prompt", Video = "video";

    private const string ImageUrl = "image_url", FileId = "file_id", ExtraBody = "extra_body", ExtraParams = "extra_params",
        ImageReference = "image_reference", ReferenceUrl = "reference_url", DataScheme = "data:";

    // Of a picture in text there are a third more bytes, and all of it is in memory.
    private const int MostJson = 24 << 20;

    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    private readonly List<RequestError> errors = [];
    private readonly MultipartForm? form;
    private (string Field, string Url)? remote;
    private TemporaryUpload? fetched;

    private VideoFields(MultipartForm? form) => this.form = form;

    internal IReadOnlyDictionary<string, string> Texts => texts;

    internal List<RequestError> Errors => errors;

    /// <summary>The picture that the video begins with; null where none was sent, or none that can be read.</summary>
    internal Upload? Image { get; private set; }

    /// <exception cref="BadHttpRequestException">It is neither a form nor JSON, breaks off, or is too large.</exception>
    internal static async Task<VideoFields> ReadAsync(HttpRequest request, IPictureFetcher fetcher, CancellationToken cancellationToken)
    {
        // As large as an upload may be, before anything changes that.
        long most = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? MostJson;
        VideoFields fields = await ReadAsync(request, cancellationToken);
        try
        {
            await fields.FetchAsync(fetcher, most, cancellationToken);
            return fields;
        }
        catch
        {
            fields.Dispose();
            throw;
        }
    }

    private static async Task<VideoFields> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MultipartForm.Is(request))
        {
            var fields = new VideoFields(null);
            JsonElement json = await ReadJsonAsync(request, cancellationToken);
            RequireCharacters(() => fields.Read(json));
            return fields;
        }

        MultipartForm form = await MultipartForm.ReadAsync(request, "the video's fields", [Reference], cancellationToken);
        var read = new VideoFields(form) { Image = form.File(Reference) };
        read.errors.AddRange(form.Errors);
        try
        {
            foreach ((string name, string text) in form.Fields) RequireCharacters(() => read.Add(name, text));
            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        form?.Dispose();
        fetched?.Dispose();
    }

    /// <summary>What the picture is told by, apart from its bytes; part of what makes two requests the same.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Sorted() => texts.OrderBy(field => field.Key, StringComparer.Ordinal);

    private static async Task<JsonElement> ReadJsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
        {
            throw new BadHttpRequestException(
                "expected multipart/form-data or application/json", StatusCodes.Status415UnsupportedMediaType);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()
            is { IsReadOnly: false, MaxRequestBodySize: not < MostJson } size)
        {
            size.MaxRequestBodySize = MostJson;
        }

        try
        {
            using JsonDocument document = await JsonDocument.ParseAsync(
                request.Body, new JsonDocumentOptions { AllowDuplicateProperties = false }, cancellationToken);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new BadHttpRequestException("expected a JSON object");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new BadHttpRequestException("the body is no JSON, breaks off, or gives a field twice", error);
        }
    }

    private static void RequireCharacters(Action read)
    {
        try
        {
            read();
        }
        catch (InvalidOperationException error)
        {
            throw new BadHttpRequestException(JsonBody.HalfCharacter, error);
        }
    }

    private void Read(JsonElement fields)
    {
        foreach (JsonProperty field in fields.EnumerateObject()) Read(field.Name, field.Value);
    }

    private void Read(string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: break;
            case JsonValueKind.String: Add(name, value.GetString()!); break;
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False: Add(name, value.GetRawText()); break;
            case JsonValueKind.Object when name is ExtraBody or ExtraParams: Read(value); break;
            case JsonValueKind.Object when name is Reference or ImageReference or Video:
                foreach (JsonProperty part in value.EnumerateObject())
                    Read($"{(name == ImageReference ? Reference : name)}[{part.Name}]", part.Value);
                break;
            default: errors.Add(new RequestError(name, $"expected text or a number, got {value.ValueKind}")); break;
        }
    }

    private void Add(string name, string text)
    {
        switch (name)
        {
            case ExtraParams or ImageReference when TryParse(text) is { } parsed: Read(name, parsed); break;
            case ExtraParams or ImageReference: errors.Add(new RequestError(name, "expected a JSON object as text")); break;
            case ReferenceUrl or $"{Reference}[{ImageUrl}]": AddPicture(name, text); break;
            case $"{Reference}[{FileId}]":
                errors.Add(new RequestError(name, "this service keeps no files; send the picture, or a data URL"));
                break;
            default:
                if (!texts.TryAdd(name, text) && texts[name] != text) errors.Add(new RequestError(name, "given twice"));
                break;
        }
    }

    private void AddPicture(string name, string text)
    {
        if (Image is not null || remote is not null) errors.Add(new RequestError(name, "a picture is given twice"));
        else if (!text.StartsWith(DataScheme, StringComparison.OrdinalIgnoreCase)) remote = (name, text);
        else if (Decode(text) is { } bytes) Image = Upload.Of(bytes);
        else errors.Add(new RequestError(name, "expected data:image/…;base64,…"));
    }

    private async Task FetchAsync(IPictureFetcher fetcher, long limit, CancellationToken cancellationToken)
    {
        if (remote is not var (field, url)) return;
        string? error = await fetcher.FetchAsync(
            url, limit, async (content, token) => fetched = await TemporaryUpload.ReceiveAsync(content, token), cancellationToken);
        if (error is not null) errors.Add(new RequestError(field, error));
        else if (fetched is { Length: > 0 }) Image = fetched;
        else errors.Add(new RequestError(field, "there is nothing at the address"));
    }

    private static byte[]? Decode(string url)
    {
        const string Base64 = ";base64";
        int comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !url.AsSpan(0, comma).EndsWith(Base64, StringComparison.OrdinalIgnoreCase)) return null;
        byte[] bytes = new byte[(url.Length - comma) * 3 / 4];
        return Convert.TryFromBase64Chars(url.AsSpan(comma + 1), bytes, out int length) ? bytes[..length] : null;
    }

    private static JsonElement? TryParse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                Encoding.UTF8.GetBytes(text), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
