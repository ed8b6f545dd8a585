namespace Cil.Client.Contracts;

/// <summary>What a running job is at; written by name.</summary>
public enum ApiJobStage
{
    Waiting,
    Denoising,
    Decoding,
    Encoding,
    Done,
}
