namespace Cil.Training.Datasets;

/// <summary>An emoji: its name in lower case ("red apple"), its picture, and the split that may draw it.</summary>
/// <param name="Category">One of <see cref="SpriteAssets.Categories"/>, or any where it is not asked for.</param>
public sealed record Sprite(string Name, PictureLayer Picture, SpriteSplit Split, string Category = "");
