using System.Diagnostics;
using Cil.Interfaces;

namespace Cil.Client.Diagnostics;

/// <summary>The spans of a client inside the cluster (docs/telemetry.md).</summary>
public static class ClientActivities
{
    public const string SourceName = "Cil.Client", JobSubmit = "job submit";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the submission of a job; what is done for the job later, on whatever silo, is a part of the same trace.</summary>
    internal static Activity? BeginSubmit(RenderJobId job, string model) =>
        Source.StartActivity(JobSubmit)?.SetTag("cil.job.id", job.Value).SetTag("cil.model", model);
}
