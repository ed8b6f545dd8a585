namespace Cil.Client.Jobs;

/// <summary>How far an upload or a download is.</summary>
/// <param name="Bytes">Transferred so far; an upload that is sent again begins at 0 again.</param>
/// <param name="Total">Of how many; null where that is not known.</param>
public readonly record struct TransferProgress(long Bytes, long? Total);
