using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Client.Jobs;

/// <summary>Checks a submission without submitting it.</summary>
public interface IRequestCheck
{
    /// <summary>Everything that is wrong with it; nothing for a job that is known already.</summary>
    /// <param name="image">Null where none was sent.</param>
    Task<IReadOnlyList<RequestError>> CheckAsync(RenderRequest request, Upload? image, RenderJobId? id = null, CancellationToken cancellationToken = default);
}
