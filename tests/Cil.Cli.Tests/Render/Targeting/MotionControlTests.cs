using Cil.Cli.Render;
using Cil.Cli.Render.Targeting;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;

namespace Cil.Cli.Tests.Render.Targeting;

/// <summary>Which control is searched of which model, and between which values.</summary>
public sealed class MotionControlTests
{
    private static readonly RenderOptions Options = new() { Image = new FileInfo("picture.png") };

    [Fact]
    public void Control_OfEachFamily_IsWhatItsNetworkIsTold()
    {
        Assert.Equal(
            ("fps-condition", new ControlRange(1, 6, 3, HigherIsMore: true)), Of(ReleasedModels.DynamiCrafter256));
        Assert.Equal(("fps-condition", new ControlRange(5, 30, 24, HigherIsMore: false)), Of(ReleasedModels.DynamiCrafter512));
        Assert.Equal(("fps-condition", new ControlRange(5, 30, 10, HigherIsMore: false)), Of(ReleasedModels.DynamiCrafter1024));
        Assert.Equal(("fps-condition", new ControlRange(5, 30, 24, HigherIsMore: false)), Of(ReleasedModels.VideoCrafter1));
        SvdManifest svd = ReleasedModels.StableVideoDiffusion(14);
        Assert.Equal(("motion-bucket", new ControlRange(1, 255, 127, HigherIsMore: true)), Of(svd));
        Assert.Equal(("motion-bucket", new ControlRange(1, 255, 20, HigherIsMore: true)), Of(ReleasedModels.FineTuned(svd)));
        LvdmManifest told = ReleasedModels.DynamiCrafter512;
        Assert.Equal("start", Of(told with { UNet = told.UNet with { FsCondition = false } }).Name);
    }

    [Fact]
    public void Starts_GoDownToWhereATwentiethOfTheVarianceIsTheDatas()
    {
        (_, ControlRange range) = Of(ReleasedModels.DynamiCrafter512, MotionControl.Start, start: 940);

        Assert.Equal((637, 940, 940), (range.Least, range.Most, range.Own));
        Assert.Equal(5, Of(ReleasedModels.StableVideoDiffusion(14), MotionControl.Start).Range.Least);
    }

    [Fact]
    public void Set_ChangesOnlyTheControlsOption()
    {
        foreach ((string name, RenderOptions expected) in ((string, RenderOptions)[])[
            (MotionControl.Start, Options with { Start = 7 }), (MotionControl.FpsCondition, Options with { FpsCondition = 7 }),
            (MotionControl.MotionBucket, Options with { MotionBucket = 7 }),
        ])
        {
            Assert.Equal(expected, new MotionControl(name, default).Set(Options, 7));
        }
    }

    private static (string Name, ControlRange Range) Of(ModelManifest manifest, string? name = null, int? start = null)
    {
        var control = MotionControl.Of(Options with { TargetControl = name }, manifest, start);
        return (control.Name, control.Range);
    }
}
