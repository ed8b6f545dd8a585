using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Devices;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Media.Clips;
using Cil.Media.Processes;

namespace Cil.Rendering.Chunks;

/// <summary>What a chunk's exception means for its job: whose fault it is, and whether another attempt makes sense.</summary>
internal static class ChunkErrors
{
    internal static JobError Explain(Exception error, ChunkLease lease) => error switch
    {
        ClipListException => new JobError(JobError.InvalidClip, error.Message, Retryable: false),
        MediaException when lease is ChunkLease.Measure => new JobError(JobError.InvalidClip, error.Message, Retryable: false),
        MediaException => new JobError(JobError.InvalidImage, $"image: {error.Message}", Retryable: false),
        ModelFolderException or CheckpointException => new JobError(JobError.InvalidModel, error.Message, Retryable: false),
        StatisticsException => new JobError(JobError.InvalidStatistics, error.Message, Retryable: false),
        ArgumentException or SamplingPlanException => new JobError(JobError.InvalidRequest, error.Message, Retryable: false),
        _ when DeviceMemory.IsExhausted(error) => new JobError(
            JobError.OutOfMemory,
            $"{(lease is ChunkLease.Render { Plan: { } plan } ? $"{plan.Width}x{plan.Height}, {plan.Frames} frames: " : "")}more "
                + $"memory than the device has; {FirstLine(error.Message)}",
            Retryable: true),
        LostInputException => new JobError(JobError.StorageFailed, error.Message, Retryable: false),
        IOException => new JobError(JobError.StorageFailed, error.Message, Retryable: true),
        _ => new JobError(JobError.RenderFailed, FirstLine(error.Message), Retryable: true),
    };

    internal static string FirstLine(string text) => text.Split('\n', 2)[0];
}
