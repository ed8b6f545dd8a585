using Cil.Interfaces.Jobs;

namespace Cil.Client.Http;

/// <summary>A page of jobs.</summary>
public sealed record ApiPage(IReadOnlyList<JobSnapshot> Jobs);
