namespace Cil.Client.Jobs;

/// <summary>Makes a small picture of an upload, which browsers may not be able to show, or should not.</summary>
public interface IPicturePreview
{
    /// <param name="picture">As it was sent.</param>
    /// <returns>A small PNG; null for what is no picture.</returns>
    Task<byte[]?> PreviewAsync(ReadOnlyMemory<byte> picture, CancellationToken cancellationToken);
}
