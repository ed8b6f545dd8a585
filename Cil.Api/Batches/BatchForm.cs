using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Api.Jobs;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Batches;

/// <summary>A batch as it was sent: fields, pictures, id, and all that is wrong with them.</summary>
internal sealed class BatchForm : IDisposable
{
    private readonly MultipartForm form;
    private readonly List<RequestError> errors;

    private BatchForm(MultipartForm form, HttpRequest http, Caller caller)
    {
        this.form = form;
        errors = [.. form.Errors];
        BatchRequest request = BatchFields.Read(form.Fields, errors);
        Request = request with { Request = JobForm.Own(request.Request, form, caller, errors) };
        Images = [.. BatchFields.Images.Select(form.File).OfType<TemporaryUpload>()];
        Id = JobForm.Name(form, http, Request.Request.Tenant, errors);
    }

    internal BatchRequest Request { get; }

    internal IReadOnlyList<Upload> Images { get; }

    internal RenderJobId? Id { get; }

    internal IReadOnlyList<RequestError> Errors => errors;

    /// <exception cref="BadHttpRequestException">It is no form, breaks off, or is too large.</exception>
    internal static async Task<BatchForm> ReadAsync(
        HttpRequest http, Caller caller, IRequestCheck check, CancellationToken cancellationToken)
    {
        var form = new BatchForm(
            await MultipartForm.ReadAsync(http, "pictures and the request's fields", BatchFields.Images, cancellationToken), http, caller);
        try
        {
            if (form.errors.Count > 0 || form.Images.Count == 0)
                JobForm.AddOthers(form.errors, await check.CheckBatchAsync(form.Request, form.Images, form.Id, cancellationToken));

            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    public void Dispose() => form.Dispose();
}
