namespace Cil.Client.Contracts;

/// <summary>A part of a job's work.</summary>
/// <param name="Index">Its place in the plan.</param>
/// <param name="Window">The window of the video that it is of, from 0.</param>
/// <param name="Count">Denoising steps or frames of it.</param>
/// <param name="Done">And of those done.</param>
/// <param name="Worker">Who has it now; null for nobody.</param>
/// <param name="Failures">Times that it failed.</param>
/// <param name="Losses">Times that a worker was lost with it.</param>
public sealed record ApiChunk(int Index, ApiChunkKind Kind, int Window, int Count, int Done, string? Worker, int Failures, int Losses);
