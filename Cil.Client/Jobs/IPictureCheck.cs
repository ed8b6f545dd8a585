namespace Cil.Client.Jobs;

/// <summary>Reads a picture before a job is accepted, so that a bad one is the request's error and no device waits for it.</summary>
public interface IPictureCheck
{
    /// <summary>What is wrong with it; null for a picture that can be rendered from.</summary>
    Task<string?> ErrorAsync(Upload picture, CancellationToken cancellationToken);
}
