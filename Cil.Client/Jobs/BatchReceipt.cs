using Cil.Interfaces.Batches;

namespace Cil.Client.Jobs;

/// <summary>The answer to a batch that was accepted.</summary>
/// <param name="IsNew">False where the same batch had come before.</param>
public sealed record BatchReceipt(BatchSnapshot Batch, bool IsNew);
