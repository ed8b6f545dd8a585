using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Cil.Cli.Options;
using Cil.Client.Contracts;
using Cil.Interfaces;
using Cil.Interfaces.Tenants;

namespace Cil.Cli.Jobs;

/// <summary>`cil tenants`: what tenants may use, and what they have used.</summary>
internal static class TenantsCommand
{
    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    internal static Command Build()
    {
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var command = new Command("tenants", "Shows what tenants may use and what they have used; 'cil tenants set' changes what one may use.") { data, url, json, Set() };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using JobAccess access = await JobAccess.OpenAsync(parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            Show(await access.Client.TenantsAsync(), parsed.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Set()
    {
        var tenant = new Argument<string>("TENANT") { Description = "its name" };
        Option<int?> waiting = Values.Whole("--waiting", "jobs that may wait");
        Option<double?> seconds = Values.Number("--device-seconds", "device time of one day (UTC), in seconds"), bytes = Values.Number("--stored-bytes", "bytes of uploads and videos that are kept");
        Option<double?> work = Values.Number("--job-work", "of one job, pixels times denoising steps of all frames");
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var command = new Command("set", "Sets what a tenant may use. What is not given has no limit.") { tenant, waiting, seconds, bytes, work, data, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string name = parsed.GetRequiredValue(tenant);
            if (!RenderJobId.IsId(name)) throw new BadInputException("TENANT", $"1 to 64 letters, digits, '-' or '_'; got '{name}'");
            var quota = new TenantQuota
            {
                WaitingJobs = parsed.GetValue(waiting), DeviceSecondsPerDay = parsed.GetValue(seconds), StoredBytes = (long?)parsed.GetValue(bytes), JobWork = (long?)parsed.GetValue(work),
            };
            await using JobAccess access = await JobAccess.OpenAsync(parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            Show([await access.Client.SetQuotaAsync(name, quota)], asJson: false);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Show(IReadOnlyList<TenantSnapshot> tenants, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(tenants.Select(tenant => tenant.ToApi()), Indented));
            return;
        }

        foreach (TenantSnapshot tenant in tenants) Console.WriteLine(Line(tenant));
        if (tenants.Count == 0) Console.WriteLine("no tenants");
    }

    private static string Line(TenantSnapshot tenant) => string.Create(
        CultureInfo.InvariantCulture,
        $"{PrintableText.Of(tenant.Tenant)}: {tenant.DeviceSecondsToday:F0}{Of(tenant.Quota.DeviceSecondsPerDay)} s of devices today, {tenant.StoredBytes}{Of(tenant.Quota.StoredBytes)} bytes kept{(tenant.Quota.WaitingJobs is { } waiting ? $", {waiting} jobs may wait" : "")}{(tenant.Quota.JobWork is { } work ? $", {work} pixels times steps a job" : "")}");

    private static string Of(double? limit) => limit is { } most ? string.Create(CultureInfo.InvariantCulture, $" of {most:F0}") : "";
}
