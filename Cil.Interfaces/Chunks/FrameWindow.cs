namespace Cil.Interfaces.Chunks;

/// <summary>Frames of a video that go through the network together.</summary>
/// <param name="First">The video's frame that is the window's first.</param>
/// <param name="Count">Frames of the window.</param>
[GenerateSerializer, Immutable, Alias("cil.FrameWindow")]
public sealed record FrameWindow([property: Id(0)] int First, [property: Id(1)] int Count);
