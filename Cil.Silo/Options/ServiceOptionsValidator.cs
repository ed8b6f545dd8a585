using Cil.Diffusion.Pipelines;
using Cil.Interfaces;
using Cil.Interfaces.Workers;
using Cil.Media.Clips;
using Cil.Storage;

namespace Cil.Silo.Options;

internal sealed class ServiceOptionsValidator : OptionsValidator<ServiceOptions>
{
    internal const int MaxDevices = 64;

    private const int MaxUpload = 2048;

    internal override IEnumerable<RequestError> Errors(ServiceOptions options)
    {
        var errors = new List<RequestError>();
        ClusterChoice? cluster = ClusterChoice.Parse(options.Cluster);
        Require(
            options.Data.Length > 0, nameof(options.Data),
            "a folder, a bucket (s3://BUCKET), or the connection string of an Azure storage account; nothing was given");
        if (options.IsS3 && S3Error(options.Data) is { } error) errors.Add(new RequestError(nameof(options.Data), error));
        Require(options.Models.Count > 0, nameof(options.Models), "at least one model folder; none was given or found");
        foreach (string model in options.Models)
        {
            Require(
                File.Exists(Path.Combine(model, ModelManifest.FileName)),
                nameof(options.Models), $"the folder {model} has no {ModelManifest.FileName}");
        }

        foreach (string dataset in options.Datasets)
        {
            Require(
                File.Exists(Path.Combine(dataset, ClipList.FileName)), nameof(options.Datasets),
                $"the folder {dataset} has no {ClipList.FileName}");
        }

        Require(options.Devices is >= 0 and <= MaxDevices, nameof(options.Devices), $"0 to {MaxDevices}, got {options.Devices}");
        Require(options.Role != SiloRole.Worker || options.Devices > 0, nameof(options.Devices), "a worker has at least 1, got 0");
        Require(
            options.Role == SiloRole.All || cluster is not { Kind: ClusterKind.None }, nameof(options.Role),
            $"{options.Role} is a part of a cluster, and there is none: expected All");
        Require(
            options.UploadMebibytes is >= 1 and <= MaxUpload, nameof(options.UploadMebibytes),
            $"1 to {MaxUpload}, got {options.UploadMebibytes}");
        Require(IsName(options.Name), nameof(options.Name), $"letters, digits, '-', '_' and '.', got '{options.Name}'");
        Require(cluster is not null, nameof(options.Cluster), $"expected {ClusterChoice.Forms}; got '{options.Cluster}'");
        Require(IsName(options.ClusterId), nameof(options.ClusterId), $"letters, digits, '-', '_' and '.', got '{options.ClusterId}'");
        Require(IsName(options.ServiceId), nameof(options.ServiceId), $"letters, digits, '-', '_' and '.', got '{options.ServiceId}'");
        Require(
            options.SiloPort is > 0 and <= ushort.MaxValue, nameof(options.SiloPort),
            $"a port from 1 to {ushort.MaxValue}, got {options.SiloPort}");
        Require(
            options.GatewayPort is >= 0 and <= ushort.MaxValue, nameof(options.GatewayPort),
            $"a port from 0 (none) to {ushort.MaxValue}, got {options.GatewayPort}");
        Require(options.ProbeSeconds is >= 0.1 and <= 60, nameof(options.ProbeSeconds), $"0.1 to 60, got {options.ProbeSeconds}");
        Require(options.DrainSeconds is >= 0 and <= 86400, nameof(options.DrainSeconds), $"0 to 86400, got {options.DrainSeconds}");
        Require(
            options.Url.Split(';').All(IsUrl),
            nameof(options.Url),
            $"addresses such as http://127.0.0.1:8300 or http://*:8300 (https is for a proxy before the service), got '{options.Url}'");
        Require(
            options.ScalerUrl is null || IsUrl(options.ScalerUrl), nameof(options.ScalerUrl),
            $"an address such as http://*:8090, got '{options.ScalerUrl}'");
        Require(
            options.Class is null || DeviceClass.IsName(options.Class), nameof(options.Class),
            $"lower-case letters, digits and '-', got '{options.Class}'");
        Require(
            options.Telemetry.OtlpEndpoint is not { } otlp
                || (Uri.TryCreate(otlp, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https"),
            $"{nameof(options.Telemetry)}:{nameof(options.Telemetry.OtlpEndpoint)}",
            $"an address such as http://collector:4317, got '{options.Telemetry.OtlpEndpoint}'");
        errors.AddRange(new PlannerOptionsValidator().Errors(nameof(options.Planning), options.Planning));
        errors.AddRange(new LeaseOptionsValidator().Errors(nameof(options.Leasing), options.Leasing));
        errors.AddRange(new QueueOptionsValidator().Errors(nameof(options.Queue), options.Queue));
        errors.AddRange(new RetentionOptionsValidator().Errors(nameof(options.Retention), options.Retention));
        errors.AddRange(new DeviceCircuitBreakerOptionsValidator().Errors(nameof(options.CircuitBreaker), options.CircuitBreaker));
        errors.AddRange(new WebhookOptionsValidator().Errors(nameof(options.Webhooks), options.Webhooks));
        errors.AddRange(new OutboundOptionsValidator().Errors(nameof(options.Outbound), options.Outbound));
        errors.AddRange(new SiloTlsOptionsValidator().Errors(nameof(options.Tls), options.Tls));
        errors.AddRange(
            options.Identity.Errors().Select(error => new RequestError($"{nameof(options.Identity)}:{error.Field}", error.Message)));
        return errors;

        void Require(bool holds, string field, string message)
        {
            if (!holds) errors.Add(new RequestError(field, message));
        }
    }

    private static string? S3Error(string data)
    {
        try
        {
            _ = S3Location.Parse(data);
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    // Kestrel reads '*' and '+' as any address; a Uri does not.
    private static bool IsUrl(string url) =>
        Uri.TryCreate(
            url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal),
            UriKind.Absolute, out Uri? uri)
            && uri.Scheme == Uri.UriSchemeHttp && uri.AbsolutePath == "/" && uri.UserInfo.Length == 0;
}
