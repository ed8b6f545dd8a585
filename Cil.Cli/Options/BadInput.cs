using Cil.Client.Http;
using Cil.Client.Jobs;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Pipelines;
using Cil.Evaluation.Conformance;
using Cil.Media.Clips;
using Cil.Media.Processes;
using Cil.Rendering.Hosting;
using Cil.Silo.Cluster;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Training.Datasets;
using Cil.Training.Runs;

namespace Cil.Cli.Options;

/// <summary>Tells faults of what the user gave from faults of the program.</summary>
internal static class BadInput
{
    /// <returns>What to tell the user, or null if the error is not about the input.</returns>
    public static string? Explain(Exception error) => error switch
    {
        RequestRefusedException refused => string.Join(
            "\ncil: ", refused.Faults.Select(fault => $"{OptionNames.Of(fault.Field)}: {fault.Message}").Distinct(StringComparer.Ordinal)),
        DeviceCountException or SiloNameTakenException => error.Message,
        StartRequirementException => error.Message.Replace("\n", "\ncil: ", StringComparison.Ordinal),
        ServiceOptionsException wrong => wrong.Message.Replace("\n", "\ncil: ", StringComparison.Ordinal),
        QueueFullException full => full.Message,
        RequestMismatchException mismatch => mismatch.Message,
        HttpRequestException call => $"--url: {ConnectionErrors.Explain(call)}",
        CilApiException other => $"--url: {other.Message}",
        BadInputException or ModelFolderException or CheckpointException or StatisticsException => error.Message,
        SpriteAssetsException or ClipListException or TrainingException or ConformanceException => error.Message,
        MediaException or IOException or UnauthorizedAccessException => error.Message,
        _ => null,
    };
}
