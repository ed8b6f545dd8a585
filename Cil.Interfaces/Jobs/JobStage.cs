namespace Cil.Interfaces.Jobs;

/// <summary>The stage of a job. The numbers are on disk: never change one.</summary>
[GenerateSerializer, Alias("cil.JobStage")]
public enum JobStage
{
    Waiting = 0,
    Denoising = 1,
    Decoding = 2,
    Encoding = 3,
    Done = 4,
}
