namespace Cil.Interfaces;

/// <summary>Why something failed, for programs (code) and for people (message), and whether trying again makes sense.</summary>
[GenerateSerializer, Immutable, Alias("cil.JobError")]
public sealed record JobError([property: Id(0)] string Code, [property: Id(1)] string Message, [property: Id(2)] bool Retryable)
{
    public const string Cancelled = "cancelled", InvalidRequest = "invalid_request", InvalidImage = "invalid_image",
        InvalidModel = "invalid_model", InvalidClip = "invalid_clip",
        InvalidStatistics = "invalid_statistics", OutOfMemory = "out_of_memory", RenderFailed = "render_failed",
            EncodeFailed = "encode_failed",
        StorageFailed = "storage_failed", WorkerLost = "worker_lost", WorkerStuck = "worker_stuck", DeadlineExceeded = "deadline_exceeded",
            DeviceLost = "device_lost", Damaged = "damaged", Rejected = "rejected", ApprovalExpired = "approval_expired",
            DependencyFailed = "dependency_failed";
}
