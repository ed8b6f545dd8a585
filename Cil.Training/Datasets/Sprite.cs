namespace Cil.Training.Datasets;

/// <summary>An emoji: its name in lower case ("red apple"), its picture, and the split that may draw it.</summary>
public sealed record Sprite(string Name, PictureLayer Picture, SpriteSplit Split);
