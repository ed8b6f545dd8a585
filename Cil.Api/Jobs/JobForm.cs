using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Jobs;

/// <summary>A submission as it was sent: fields, picture, statistics, id, and all that is wrong with them.</summary>
internal sealed class JobForm : IDisposable
{
    private static readonly string Tenant = ApiJson.Field(nameof(RenderRequest.Tenant));

    private readonly MultipartForm form;
    private readonly List<RequestError> errors;

    private JobForm(MultipartForm form, Caller caller)
    {
        this.form = form;
        errors = [.. form.Errors];
        RenderRequest request = JobFields.Read(form.Fields, errors);
        Request = Own(request, form, caller, errors);
    }

    internal RenderRequest Request { get; }

    internal RenderJobId? Id { get; private set; }

    internal Upload? Image => form.File(JobFields.Image);

    internal Upload? Statistics => form.File(JobFields.Statistics);

    internal IReadOnlyList<RequestError> Errors => errors;

    /// <exception cref="BadHttpRequestException">It is no form, breaks off, or is too large.</exception>
    internal static async Task<JobForm> ReadAsync(HttpRequest http, Caller caller, IRequestCheck check, CancellationToken cancellationToken)
    {
        var form = new JobForm(
            await MultipartForm.ReadAsync(
                http, "the picture and the request's fields", [JobFields.Image, JobFields.Statistics], cancellationToken),
            caller);
        try
        {
            form.Id = Name(form.form, http, form.Request.Tenant, form.errors);
            if (form.errors.Count > 0 || form.Image is null)
                AddOthers(form.errors, await check.CheckAsync(form.Request, form.Image, form.Id, cancellationToken));

            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    public void Dispose() => form.Dispose();

    /// <summary>
    /// Adds what a check found to what reading did. Fields that were not read are to the check as if they were not there, so that the
    /// others are checked all the same; what it says of those is left out.
    /// </summary>
    internal static void AddOthers(List<RequestError> errors, IEnumerable<RequestError> found)
    {
        HashSet<string> known = [.. errors.Select(error => error.Field)];
        errors.AddRange(found.Where(other => !known.Contains(other.Field)));
    }

    /// <summary>The request with the tenant of its caller.</summary>
    internal static RenderRequest Own(RenderRequest request, MultipartForm form, Caller caller, List<RequestError> errors)
    {
        // Without keys a program of this machine says whose job it is; a key says it by itself.
        if (caller.IsLocal) return request;
        if (form.Field(Tenant) is { } named && named != caller.Tenant)
            errors.Add(new RequestError(Tenant, $"the key is of tenant {caller.Tenant}, got '{named}'"));
        return request with { Tenant = caller.Tenant };
    }

    /// <summary>The id that the form or the idempotency key says; null for a new one.</summary>
    internal static RenderJobId? Name(MultipartForm form, HttpRequest http, string tenant, List<RequestError> errors)
    {
        if (form.Field(JobFields.Id) is not { } text) return IdempotencyKey.Of(http, tenant, errors);
        if (Routes.Id(text) is { } id) return id;
        errors.Add(new RequestError(JobFields.Id, $"1 to 64 letters, digits, '-' or '_'; got '{text}'"));
        return null;
    }
}
