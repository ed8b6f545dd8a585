using Cil.Api.Identity;
using Cil.Grains.Chunks;
using Cil.Grains.Jobs;
using Cil.Grains.Leases;
using Cil.Grains.Queue;
using Cil.Grains.Webhooks;
using Cil.Grains.Workers;
using Cil.Storage;

namespace Cil.Silo.Options;

/// <summary>
/// A long-running silo: the section "Cil" of appsettings.json, environment variables (Cil__Data, …) and the options of `cil
/// serve`.
/// </summary>
public sealed class ServiceOptions
{
    public const string Section = "Cil";

    /// <summary>
    /// Where jobs, media and state are kept: a folder, the connection string of an Azure storage account, or a bucket as
    /// <see cref="S3Location.Form"/>, whose keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).
    /// </summary>
    public string Data { get; set; } = "";

    /// <summary>The container, where <see cref="Data"/> is Azure. Default "cil".</summary>
    public string Container { get; set; } = "cil";

    /// <summary>Folders with a `model.json`.</summary>
    public IList<string> Models { get; set; } = [];

    /// <summary>Folders with a list of clips (`clips.jsonl`). Default none.</summary>
    public IList<string> Datasets { get; set; } = [];

    /// <summary>Devices to render on: GPUs, or parts of the processor; a coordinator has none whatever is said. Default 1.</summary>
    public int Devices { get; set; } = 1;

    /// <summary>
    /// The class of the devices, by which they are scaled: lower-case letters, digits and '-'. Default: what the device is,
    /// as in h200; cpu for processors.
    /// </summary>
    public string? Class { get; set; }

    /// <summary>
    /// The model whose weights are bound before the silo says that it is ready. Default: the model, where there is one; with
    /// several, weights are bound when a job first asks for them.
    /// </summary>
    public string? Preload { get; set; }

    /// <summary>Where HTTP is answered; several with ';' between. Default http://127.0.0.1:8300.</summary>
    public string Url { get; set; } = "http://127.0.0.1:8300";

    /// <summary>
    /// Where KEDA is answered by gRPC, such as http://*:8090 (docs/kubernetes.md). Anybody who reaches it may ask for the
    /// demand. Default none.
    /// </summary>
    public string? ScalerUrl { get; set; }

    /// <summary>The largest upload, in MiB. Default 64.</summary>
    public int UploadMebibytes { get; set; } = 64;

    /// <summary>
    /// The silo's name, which its workers' names begin with; no two silos of a cluster may share one. Default: the machine's.
    /// </summary>
    public string Name { get; set; } = Environment.MachineName;

    /// <summary>Default all.</summary>
    public SiloRole Role { get; set; }

    /// <summary>Where silos find each other: one of <see cref="ClusterChoice.Forms"/>. Default none.</summary>
    public string Cluster { get; set; } = "none";

    /// <summary>Silos of another cluster id do not see this one. Default "cil".</summary>
    public string ClusterId { get; set; } = "cil";

    /// <summary>Names the service in tables that outlive a cluster. Default "cil".</summary>
    public string ServiceId { get; set; } = "cil";

    /// <summary>Where other silos reach this one. Default 11111.</summary>
    public int SiloPort { get; set; } = ClusterChoice.FirstSiloPort;

    /// <summary>Where Orleans clients reach this silo. Default 30000.</summary>
    public int GatewayPort { get; set; } = 30000;

    /// <summary>The address or host name that other silos reach this one by. Default: the machine's first address.</summary>
    public string? Advertise { get; set; }

    /// <summary>
    /// How long a silo waits for another's sign of life, in seconds; after three in a row it is taken for lost. Less finds a
    /// loss sooner, and takes a silo for lost that was only busy. Default 1.
    /// </summary>
    public double ProbeSeconds { get; set; } = 1;

    /// <summary>
    /// How long chunks in hand may go on when the silo is told to stop, in seconds; then they stop within a step. Default 25.
    /// </summary>
    public double DrainSeconds { get; set; } = 25;

    /// <summary>Whether the grid's log goes to standard error from level Information on; else from Warning on. Default false.</summary>
    public bool Verbose { get; set; }

    public PlannerOptions Planning { get; set; } = new();

    public LeaseOptions Leasing { get; set; } = new();

    public QueueOptions Queue { get; set; } = new();

    public RetentionOptions Retention { get; set; } = new();

    /// <summary>Where spans, metrics and logs go.</summary>
    public TelemetryOptions Telemetry { get; set; } = new();

    /// <summary>TLS between silos.</summary>
    public SiloTlsOptions Tls { get; set; } = new();

    /// <summary>
    /// Whether Orleans' dashboard is answered at /orleans, to operators. Every silo of a cluster must have it on, or none.
    /// Default false.
    /// </summary>
    public bool OrleansDashboard { get; set; }

    /// <summary>When a device is quarantined.</summary>
    public DeviceCircuitBreakerOptions CircuitBreaker { get; set; } = new();

    /// <summary>Who may ask, and how often.</summary>
    public IdentityOptions Identity { get; set; } = new();

    /// <summary>Webhook endpoints of tenants.</summary>
    public WebhookOptions Webhooks { get; set; } = new();

    /// <summary>What is reached for tenants, and what is not.</summary>
    public OutboundOptions Outbound { get; set; } = new();

    /// <summary>Whether <see cref="Data"/> is an Azure storage account.</summary>
    public bool IsAzure =>
        Data.Contains("AccountName=", StringComparison.OrdinalIgnoreCase)
            || Data.StartsWith("UseDevelopmentStorage=", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether <see cref="Data"/> is a bucket.</summary>
    public bool IsS3 => S3Location.IsS3(Data);

    /// <summary>Whether <see cref="Data"/> is a folder.</summary>
    public bool IsFolder => !IsAzure && !IsS3;

    /// <summary>Devices that this silo opens.</summary>
    public int OpenDevices => Role == SiloRole.Coordinator ? 0 : Devices;
}
