using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Jobs;

/// <summary>Whether a request becomes a job.</summary>
internal abstract record AdmissionResult
{
    private AdmissionResult()
    {
    }

    /// <param name="Memory">Device memory that such work was seen to need, in bytes; 0 where that is not known.</param>
    /// <param name="Draft">What is made first and must be approved; null where nothing is.</param>
    internal sealed record Admitted(RenderPlan Plan, long Memory, RenderPlan? Draft) : AdmissionResult;

    internal sealed record Refused(Submission Answer) : AdmissionResult;
}
