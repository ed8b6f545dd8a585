namespace Cil.Client.Jobs;

/// <summary>What is made of a video that is there. Each call throws <see cref="InvalidDataException"/> where the file is damaged.</summary>
public interface IVideoTools
{
    /// <summary>One frame of an MP4, as PNG.</summary>
    /// <param name="frame">From 0.</param>
    Task<byte[]> FrameAsync(ReadOnlyMemory<byte> video, int frame, CancellationToken cancellationToken);

    /// <summary>An MP4's frames beside and below each other in the order of time, at most 25 of them evenly chosen, as JPEG.</summary>
    /// <param name="frames">Frames that it has.</param>
    Task<byte[]> SpritesheetAsync(ReadOnlyMemory<byte> video, int frames, CancellationToken cancellationToken);

    /// <summary>A PNG as WebP.</summary>
    Task<byte[]> ThumbnailAsync(ReadOnlyMemory<byte> png, CancellationToken cancellationToken);
}
