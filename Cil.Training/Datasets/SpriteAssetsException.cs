namespace Cil.Training.Datasets;

/// <summary>The folder of pictures lacks something; the message names what and where to get it. Trying again does not help.</summary>
public sealed class SpriteAssetsException(string message) : Exception(message);
