using Cil.Diffusion.Pipelines;
using Cil.Interfaces;
using Cil.Media.Clips;
using Cil.Storage;
using Microsoft.Extensions.Configuration;

namespace Cil.Silo.Options;

/// <summary>What is wrong with a service's options, all at once.</summary>
public static class ServiceOptionsFaults
{
    private const int MaxDevices = 64, MaxUpload = 2048;
    private static readonly string[] Precisions = ["float32", "bfloat16"];

    /// <summary>Reads the section "Cil".</summary>
    /// <exception cref="ServiceOptionsException">A value cannot be read, or there are faults; all are listed.</exception>
    public static ServiceOptions Read(IConfiguration configuration)
    {
        var options = new ServiceOptions();
        var faults = new List<RequestError>();
        IConfigurationSection section = configuration.GetSection(ServiceOptions.Section);
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (typeof(ServiceOptions).GetProperties().FirstOrDefault(one => one.CanWrite && one.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase)) is not { } property)
            {
                faults.Add(new RequestError(child.Key, "there is no such setting"));
                continue;
            }

            try
            {
                object? value = property.PropertyType == typeof(IList<string>) ? child.Get<List<string>>() : child.Get(property.PropertyType);
                if (value is not null) property.SetValue(options, value);
            }
            catch (InvalidOperationException error)
            {
                faults.Add(new RequestError(property.Name, error.InnerException is { } inner ? $"'{child.Value}': {inner.Message}" : error.Message));
            }
        }

        faults.AddRange(Of(options));
        return faults.Count == 0 ? options : throw new ServiceOptionsException(faults);
    }

    public static IReadOnlyList<RequestError> Of(ServiceOptions options)
    {
        var faults = new List<RequestError>();
        ClusterChoice? cluster = ClusterChoice.Parse(options.Cluster);
        Require(options.Data.Length > 0, nameof(options.Data), "a folder, a bucket (s3://BUCKET), or the connection string of an Azure storage account; nothing was given");
        if (options.IsS3 && S3Fault(options.Data) is { } fault) faults.Add(new RequestError(nameof(options.Data), fault));
        Require(options.Models.Count > 0, nameof(options.Models), "at least one model folder; none was given or found");
        foreach (string model in options.Models)
            Require(File.Exists(Path.Combine(model, ModelManifest.FileName)), nameof(options.Models), $"the folder {model} has no {ModelManifest.FileName}");
        foreach (string dataset in options.Datasets)
            Require(File.Exists(Path.Combine(dataset, ClipList.FileName)), nameof(options.Datasets), $"the folder {dataset} has no {ClipList.FileName}");
        Require(options.Devices is >= 0 and <= MaxDevices, nameof(options.Devices), $"0 to {MaxDevices}, got {options.Devices}");
        Require(options.Role != SiloRole.Worker || options.Devices > 0, nameof(options.Devices), "a worker has at least 1, got 0");
        Require(options.Role == SiloRole.All || cluster is not { Kind: ClusterKind.None }, nameof(options.Role), $"{options.Role} is a part of a cluster, and there is none: expected All");
        Require(options.UploadMebibytes is >= 1 and <= MaxUpload, nameof(options.UploadMebibytes), $"1 to {MaxUpload}, got {options.UploadMebibytes}");
        Require(IsName(options.Name), nameof(options.Name), $"letters, digits, '-', '_' and '.', got '{options.Name}'");
        Require(cluster is not null, nameof(options.Cluster), $"expected {ClusterChoice.Forms}; got '{options.Cluster}'");
        Require(IsName(options.ClusterId), nameof(options.ClusterId), $"letters, digits, '-', '_' and '.', got '{options.ClusterId}'");
        Require(IsName(options.ServiceId), nameof(options.ServiceId), $"letters, digits, '-', '_' and '.', got '{options.ServiceId}'");
        Require(options.SiloPort is > 0 and <= ushort.MaxValue, nameof(options.SiloPort), $"a port from 1 to {ushort.MaxValue}, got {options.SiloPort}");
        Require(options.GatewayPort is >= 0 and <= ushort.MaxValue, nameof(options.GatewayPort), $"a port from 0 (none) to {ushort.MaxValue}, got {options.GatewayPort}");
        Require(options.ProbeSeconds is >= 0.1 and <= 60, nameof(options.ProbeSeconds), $"0.1 to 60, got {options.ProbeSeconds}");
        Require(options.DrainSeconds is >= 0 and <= 86400, nameof(options.DrainSeconds), $"0 to 86400, got {options.DrainSeconds}");
        Require(options.Url.Split(';').All(IsUrl), nameof(options.Url), $"addresses such as http://127.0.0.1:8300 or http://*:8300 (https is for a proxy before the service), got '{options.Url}'");
        Require(Precisions.Contains(options.Planning.Precision), "Planning:Precision", $"{string.Join(" or ", Precisions)}, got '{options.Planning.Precision}'");
        Require(options.Planning.Threads >= 1, "Planning:Threads", $"1 or more, got {options.Planning.Threads}");
        Require(options.Planning.StepsPerChunk >= 1, "Planning:StepsPerChunk", $"1 or more, got {options.Planning.StepsPerChunk}");
        Require(options.Planning.FramesPerDecode >= 1, "Planning:FramesPerDecode", $"1 or more, got {options.Planning.FramesPerDecode}");
        Require(options.Leasing.MaxAttempts >= 1, "Leasing:MaxAttempts", $"1 or more, got {options.Leasing.MaxAttempts}");
        Require(options.Leasing.Silence > TimeSpan.Zero, "Leasing:Silence", $"above zero, got {options.Leasing.Silence}");
        Require(options.Leasing.Check > TimeSpan.Zero, "Leasing:Check", $"above zero, got {options.Leasing.Check}");
        Require(options.Leasing.Keep > TimeSpan.Zero, "Leasing:Keep", $"above zero, got {options.Leasing.Keep}");
        Require(options.Queue.MaxWaiting >= 1, "Queue:MaxWaiting", $"1 or more, got {options.Queue.MaxWaiting}");
        Require(options.Queue.MaxWaitingPerTenant >= 1, "Queue:MaxWaitingPerTenant", $"1 or more, got {options.Queue.MaxWaitingPerTenant}");
        Require(options.Queue.FirstCharge > TimeSpan.Zero, "Queue:FirstCharge", $"above zero, got {options.Queue.FirstCharge}");
        Require(options.Queue.Sweep > TimeSpan.Zero, "Queue:Sweep", $"above zero, got {options.Queue.Sweep}");
        Require(options.Queue.ChargeWeight is >= 0 and <= 1, "Queue:ChargeWeight", $"0 to 1, got {options.Queue.ChargeWeight}");
        Require(options.Retention.Keep is not { } keep || keep > TimeSpan.Zero, "Retention:Keep", $"above zero, or nothing, got {options.Retention.Keep}");
        faults.AddRange(options.Identity.Errors().Select(error => new RequestError($"{nameof(options.Identity)}:{error.Field}", error.Message)));
        return faults;

        void Require(bool holds, string field, string message)
        {
            if (!holds) faults.Add(new RequestError(field, message));
        }
    }

    private static string? S3Fault(string data)
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

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    // Kestrel reads '*' and '+' as any address; a Uri does not.
    private static bool IsUrl(string url) => Uri.TryCreate(url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal), UriKind.Absolute, out Uri? uri)
        && uri.Scheme == Uri.UriSchemeHttp && uri.AbsolutePath == "/" && uri.UserInfo.Length == 0;
}
