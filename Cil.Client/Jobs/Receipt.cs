using Cil.Interfaces.Jobs;

namespace Cil.Client.Jobs;

/// <summary>The answer to a submission that was accepted.</summary>
/// <param name="IsNew">False where the same submission had come before.</param>
public sealed record Receipt(JobSnapshot Job, bool IsNew);
