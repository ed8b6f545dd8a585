namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>Which frame of a clip a model is told in training.</summary>
public enum ConditionFrame
{
    /// <summary>Any of them, one for all clips of a step, as DynamiCrafter was trained (lvdm/models/ddpm3d.py, rand_cond_frame).</summary>
    Random,

    /// <summary>The first, as VideoCrafter1 and cil-tiny were trained.</summary>
    First,
}
