namespace Cil.Training.Datasets;

/// <summary>Which emoji and grounds a clip is drawn from. The two splits share none.</summary>
public enum SpriteSplit
{
    Train,
    HeldOut,
}
