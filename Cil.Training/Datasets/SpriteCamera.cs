namespace Cil.Training.Datasets;

/// <summary>Where a clip is looked at from: pixels that the view has moved over the scene, and how much it is enlarged.</summary>
internal readonly record struct SpriteCamera(double X, double Y, double Zoom)
{
    public static SpriteCamera Still { get; } = new(0, 0, 1);

    /// <summary>A place in the frame to the place in the scene that is seen there; both in pixels.</summary>
    public (double X, double Y) ToScene(double x, double y, double centre) =>
        this == Still ? (x, y) : (centre + X + ((x - centre) / Zoom), centre + Y + ((y - centre) / Zoom));

    /// <summary>A place in the scene to the place in the frame where it is seen.</summary>
    public (double X, double Y) ToFrame(double x, double y, double centre) =>
        this == Still ? (x, y) : (centre + ((x - X - centre) * Zoom), centre + ((y - Y - centre) * Zoom));
}
