namespace Cil.Media.Images;

/// <summary>How a picture of another shape becomes the model's size.</summary>
public enum ImageFit
{
    /// <summary>The shorter side is scaled to fit and the middle is cut out (DynamiCrafter).</summary>
    Crop,

    /// <summary>Both sides are scaled; the shape is not kept (VideoCrafter1).</summary>
    Stretch,
}
