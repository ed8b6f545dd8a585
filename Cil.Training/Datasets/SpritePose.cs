namespace Cil.Training.Datasets;

/// <summary>Where a sprite is in one frame: centre and width in pixels, angle in radians, clockwise.</summary>
internal readonly record struct SpritePose(double X, double Y, double Size, double Angle);
