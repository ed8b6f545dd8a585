using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;

namespace Cil.Client.Jobs;

/// <summary>Checks a submission without submitting it.</summary>
public interface IRequestCheck
{
    /// <summary>Everything that is wrong with it; nothing for a job that is known already.</summary>
    /// <param name="image">Null where none was sent.</param>
    Task<IReadOnlyList<RequestError>> CheckAsync(
        RenderRequest request, Upload? image, RenderJobId? id = null, CancellationToken cancellationToken = default);

    /// <summary>The same of a batch.</summary>
    /// <param name="images">Its pictures; none where none was sent.</param>
    Task<IReadOnlyList<RequestError>> CheckBatchAsync(
        BatchRequest request, IReadOnlyList<Upload> images, RenderJobId? id = null, CancellationToken cancellationToken = default);
}
