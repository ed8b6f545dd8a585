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
    private const int MostDays = 10_000;

    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    internal static Command Build()
    {
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var command = new Command(
            "tenants",
            "Shows what tenants may use and what they have used; 'cil tenants set' changes what one may use.") { data, url, json, Set() };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using JobAccess access = await JobAccess.OpenAsync(
                parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            Show(await access.Client.TenantsAsync(cancellationToken), parsed.GetValue(json));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Set()
    {
        var tenant = new Argument<string>("TENANT") { Description = "its name" };
        Option<int?> waiting = Values.Whole("--waiting", "jobs that may wait");
        Option<double?> seconds = Values.Number("--device-seconds", "device time of one day (UTC), in seconds"),
            bytes = Values.Number("--stored-bytes", "bytes of uploads and videos that are kept");
        Option<double?> work = Values.Number("--job-work", "of one job, pixels times denoising steps of all frames");
        Option<double?> month = Values.Number("--device-seconds-month", "device time of one month (UTC), in seconds");
        Option<double?> keep = Values.Number(
            "--keep-days", "days that finished jobs are kept, instead of the service's own time; 0 for ever");
        var until = new Option<DateTimeOffset?>("--until") { Description = "jobs are accepted until then, such as 2027-01-01T00:00:00Z" };
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var command = new Command("set", "Sets what a tenant may use. What is not given has no limit.")
        {
            tenant, waiting, seconds, month, bytes, work, keep, until, data, url,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string name = parsed.GetRequiredValue(tenant);
            if (!RenderJobId.IsId(name)) throw new BadInputException("TENANT", $"1 to 64 letters, digits, '-' or '_'; got '{name}'");
            if (parsed.GetValue(keep) is < 0 or > MostDays)
                throw new BadInputException("--keep-days", $"0 to {MostDays}, got {parsed.GetValue(keep)}");
            var quota = new TenantQuota
            {
                WaitingJobs = parsed.GetValue(waiting),
                DeviceSecondsPerDay = parsed.GetValue(seconds),
                DeviceSecondsPerMonth = parsed.GetValue(month),
                StoredBytes = (long?)parsed.GetValue(bytes),
                JobWork = (long?)parsed.GetValue(work),
                Keep = parsed.GetValue(keep) is { } days ? TimeSpan.FromDays(days) : null,
                Until = parsed.GetValue(until),
            };
            await using JobAccess access = await JobAccess.OpenAsync(
                parsed.GetValue(data), parsed.GetValue(url), devices: 0, cancellationToken);
            Show([await access.Client.SetQuotaAsync(name, quota, cancellationToken)], asJson: false);
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

    private static string Line(TenantSnapshot tenant)
    {
        TenantQuota quota = tenant.Quota;
        string[] limits =
        [
            .. quota.WaitingJobs is { } waiting ? [Text($", {waiting} jobs may wait")] : Array.Empty<string>(),
            .. quota.JobWork is { } work ? [Text($", {work} pixels times steps a job")] : Array.Empty<string>(),
            .. quota.Keep is { } keep ? [Text($", jobs are kept for {keep.TotalDays:0.##} days")] : Array.Empty<string>(),
            .. quota.Until is { } until ? [Text($", jobs are accepted until {until:u}")] : Array.Empty<string>(),
        ];
        string today = Text($"{tenant.DeviceSecondsToday:F0}{Of(quota.DeviceSecondsPerDay)} s of devices today");
        string month = Text($"{tenant.DeviceSecondsThisMonth:F0}{Of(quota.DeviceSecondsPerMonth)} s this month");
        string kept = Text($"{tenant.StoredBytes}{Of(quota.StoredBytes)} bytes kept");
        return $"{PrintableText.Of(tenant.Tenant)}: {today}, {month}, {kept}{string.Concat(limits)}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Of(double? limit) => limit is { } most ? string.Create(CultureInfo.InvariantCulture, $" of {most:F0}") : "";
}
