namespace Cil.Evaluation.Motion;

/// <summary>Where the moving thing of a clip goes.</summary>
public enum MotionHeading
{
    /// <summary>It moves less than 4 pixels over the whole clip (at a frame of 64).</summary>
    Still,
    Left,
    Right,
    Up,
    Down,

    /// <summary>It moves, but neither along nor across.</summary>
    Unclear,
}
