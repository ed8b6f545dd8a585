using System.Security.Cryptography;
using System.Text;
using Cil.Api.Http;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Jobs;

/// <summary>A submission as it was sent: fields, picture, statistics, id, and all that is wrong with them.</summary>
internal sealed class JobForm : IDisposable
{
    private const string IdempotencyKey = "Idempotency-Key";
    private const int KeyDigits = 32, MostKey = 256;

    private readonly MultipartForm form;
    private readonly List<RequestFault> errors;

    private JobForm(MultipartForm form)
    {
        this.form = form;
        errors = [.. form.Errors];
        Request = JobFields.Read(form.Fields, errors);
    }

    internal RenderRequest Request { get; }

    internal RenderJobId? Id { get; private set; }

    internal Upload? Image => form.File(JobFields.Image);

    internal Upload? Statistics => form.File(JobFields.Statistics);

    internal IReadOnlyList<RequestFault> Errors => errors;

    /// <exception cref="BadHttpRequestException">It is no form, breaks off, or is too large.</exception>
    internal static async Task<JobForm> ReadAsync(HttpRequest http, IRequestCheck check, CancellationToken cancellationToken)
    {
        var form = new JobForm(await MultipartForm.ReadAsync(http, "the picture and the request's fields", [JobFields.Image, JobFields.Statistics], cancellationToken));
        try
        {
            form.Id = form.Name(http);
            // Fields that were not read are as if they were not there, so that the others are checked all the same.
            if (form.errors.Count > 0 || form.Image is null)
                form.errors.AddRange((await check.CheckAsync(form.Request, form.Image, form.Id, cancellationToken)).Where(other => !form.errors.Exists(known => known.Field == other.Field)));
            return form;
        }
        catch
        {
            form.Dispose();
            throw;
        }
    }

    public void Dispose() => form.Dispose();

    private RenderJobId? Name(HttpRequest http)
    {
        if (form.Field(JobFields.Id) is { } text)
        {
            if (Routes.Id(text) is { } id) return id;
            errors.Add(new RequestFault(JobFields.Id, $"1 to 64 letters, digits, '-' or '_'; got '{text}'"));
        }
        else if (http.Headers[IdempotencyKey].ToString() is { Length: > 0 } key)
        {
            // Two tenants may choose the same key.
            if (key.Length <= MostKey) return new RenderJobId($"key_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Request.Tenant}\n{key}")))[..KeyDigits]}");
            errors.Add(new RequestFault(IdempotencyKey, $"at most {MostKey} characters, got {key.Length}"));
        }

        return null;
    }
}
