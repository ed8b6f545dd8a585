using System.Security.Cryptography;
using System.Text;
using Cil.Api.Http;
using Cil.Client.Http;
using Cil.Grains.Jobs;
using Cil.Grains.Models;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.Media.Processes;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Jobs;

/// <summary>A submission as it was sent: fields, image, statistics, id, and all that is wrong with them.</summary>
internal sealed record JobForm(RenderRequest Request, RenderJobId? Id, byte[] Image, byte[] Statistics, IReadOnlyList<RequestError> Faults)
{
    private const string IdempotencyKey = "Idempotency-Key";
    private const int KeyDigits = 32;

    // Stands for the image that the client will put there.
    private const string AnyBlob = "image";

    internal static async Task<JobForm> ReadAsync(HttpRequest http, IModelCatalog catalog, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!http.HasFormContentType) throw new BadHttpRequestException("expected multipart/form-data with the image and the request's fields", StatusCodes.Status415UnsupportedMediaType);
        IFormCollection form = await http.ReadFormAsync(cancellationToken);
        var faults = new List<RequestError>();
        RenderRequest request = RequestForm.Read(form.Select(field => KeyValuePair.Create(field.Key, field.Value.ToString())), faults);
        byte[] image = await FileAsync(form, RequestForm.Image, cancellationToken), statistics = await FileAsync(form, RequestForm.Statistics, cancellationToken);
        if (await ImageFaultAsync(image, cancellationToken) is { } fault) faults.Add(new RequestError(RequestForm.Image, fault));
        if (request.Model.Length == 0 && catalog.Names is [var only]) request = request with { Model = only };
        // What jobs and data sets keep in storage is named by those who made them, never by a request.
        if (request.AnalyticInit is not ("auto" or "off") && !IsStatistics(request.AnalyticInit))
            faults.Add(new RequestError("analyticInit", $"auto, off, or the blob of measured statistics; got '{request.AnalyticInit}'"));
        RenderJobId? id = Name(http, form, request.Tenant, faults);
        // Fields that were not read are as if they were not there, so that the others are checked all the same.
        faults.AddRange(RequestValidator.Errors(request with { ImageBlob = AnyBlob }, catalog, now).Where(other => !faults.Exists(known => known.Field == other.Field)));
        return new JobForm(request, id, image, statistics, faults);
    }

    // Decoded before the job is accepted: a bad picture is the request's error, and no device waits for it.
    private static async Task<string?> ImageFaultAsync(byte[] image, CancellationToken cancellationToken)
    {
        if (image.Length == 0) return "a file with the picture; nothing was sent";
        try
        {
            await ImageDecoder.CheckAsync(image, cancellationToken);
            return null;
        }
        catch (MediaException error)
        {
            return error.Message;
        }
    }

    private static bool IsStatistics(string blob) => blob.Split('/') is ["statistics", var id, "statistics.safetensors"] && CilApi.Id(id) is not null;

    private static RenderJobId? Name(HttpRequest http, IFormCollection form, string tenant, List<RequestError> faults)
    {
        if (form[RequestForm.Id].ToString() is { Length: > 0 } text)
        {
            if (CilApi.Id(text) is { } id) return id;
            faults.Add(new RequestError(RequestForm.Id, $"1 to 64 letters, digits, '-' or '_'; got '{text}'"));
        }
        else if (http.Headers[IdempotencyKey].ToString() is { Length: > 0 } key)
        {
            // Two tenants may choose the same key.
            return new RenderJobId($"key_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{key}")))[..KeyDigits]}");
        }

        return null;
    }

    private static async Task<byte[]> FileAsync(IFormCollection form, string name, CancellationToken cancellationToken)
    {
        if (form.Files.GetFile(name) is not { } file) return [];
        var content = new byte[file.Length];
        await using Stream stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(content, cancellationToken);
        return content;
    }
}
