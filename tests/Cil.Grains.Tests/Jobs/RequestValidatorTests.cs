using Cil.Diffusion.Samplers;
using Cil.Grains.Jobs;
using Cil.Grains.Tests.Models;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

public sealed class RequestValidatorTests
{
    public static TheoryData<string, RenderRequest, string> OneFault => new()
    {
        { "prompt", Sample.Request with { Prompt = new string('x', 32_001) }, "at most 32000 characters, got 32001" },
        { "negativePrompt", Sample.Request with { NegativePrompt = new string('x', 32_001) }, "at most 32000 characters, got 32001" },
        { "image", Sample.Request with { ImageBlob = "" }, "got ''" },
        { "image", Sample.Request with { ImageBlob = "../secret" }, "got '../secret'" },
        { "width", Sample.Request with { Width = 12 }, "multiples of 8 from 8 to 4096, got 12;" },
        { "height", Sample.Request with { Height = 0 }, "got 0;" },
        { "width", Sample.Request with { Width = 4104 }, "got 4104;" },
        { "width", Sample.Request with { Width = -8 }, "got -8;" },
        { "frames", Sample.Request with { Frames = 0 }, "tiny makes 1 to 1024 frames, 6 of them at once; got 0" },
        { "frames", Sample.Request with { Frames = 10_000 }, "1 to 1024 frames, 6 of them at once; got 10000" },
        { "frames", Sample.Request with { Frames = 1025 }, "got 1025" },
        {
            "frames", Sample.Request with { Frames = 1024, Steps = 100, SplitGuidance = true },
            "at most 10000 passes of the network that are chunks of their own, got 41000: 205 windows"
        },
        { "overlap", Sample.Request with { Frames = 20, Overlap = 2 }, "windows that continue share 1 frame, got 2" },
        {
            "overlap", Sample.Request with { Frames = 20, Joining = WindowMode.Overlap, Overlap = 0 },
            "1 to 5 frames, of the 6 that tiny makes at once; got 0"
        },
        { "overlap", Sample.Request with { Frames = 20, Joining = WindowMode.Overlap, Overlap = 6 }, "got 6" },
        {
            "overlap", Sample.Request with { Frames = 1024, Joining = WindowMode.Overlap, Overlap = 5, Steps = 20 },
            "got 20380: 1019 windows"
        },
        { "playbackFps", Sample.Request with { PlaybackFps = 0 }, "1 to 120, got 0" },
        { "playbackFps", Sample.Request with { PlaybackFps = 121 }, "got 121" },
        { "start", Sample.Request with { Start = 0 }, "M must be 1 to 1000, got 0" },
        { "start", Sample.Request with { Start = 1001 }, "got 1001" },
        { "start", Sample.Request with { AutomaticStart = true }, "auto goes by leakage and statistics, which tiny does not have" },
        { "start", Sample.Request with { AutomaticStart = true, Start = 600 }, "a number or auto, got 600 and auto" },
        { "steps", Sample.Request with { Steps = 0 }, "1 to M = 1000, got 0" },
        { "steps", Sample.Request with { Steps = 1001 }, "got 1001" },
        { "steps", Sample.Request with { Steps = 21, Start = 20 }, "1 to M = 20, got 21" },
        { "steps", Sample.Request with { Start = 6 }, "1 to M = 6, got 7" },
        { "guidance", Sample.Request with { Guidance = -0.5 }, "0 to 100, got -0.5" },
        { "guidance", Sample.Request with { Guidance = 100.5 }, "got 100.5" },
        { "guidance", Sample.Request with { Guidance = double.NaN }, "got NaN" },
        { "analyticInit", Sample.Request with { AnalyticInit = "" }, "got ''" },
        { "analyticInit", Sample.Request with { AnalyticInit = "model" }, "got 'model'" },
        { "analyticInit", Sample.Request with { AnalyticInit = "/etc/passwd" }, "got '/etc/passwd'" },
        { "tenant", Sample.Request with { Tenant = "a/b" }, "got 'a/b'" },
        { "priority", Sample.Request with { Priority = 101 }, "-100 to 100, got 101" },
        { "deadline", Sample.Request with { Deadline = Sample.Noon }, "must be later than now" },
        { "fpsCondition", Sample.Request with { FpsCondition = 0 }, "1 to 120, got 0" },
        {
            "motionBucket", Sample.Request with { MotionBucket = 127 },
            "Stable Video Diffusion alone is told one; tiny is told fpsCondition"
        },
        { "noiseAugmentation", Sample.Request with { NoiseAugmentation = 0.1 }, "Stable Video Diffusion alone has noise on its image" },
        { "imageGuidance", Sample.Request with { ImageGuidance = 2 }, "tiny reads no prompt that the image could be guided apart from" },
        { "motion", Sample.Request with { Motion = 0 }, "above 0 to 1, got 0" },
        { "motion", Sample.Request with { Motion = 1.5 }, "above 0 to 1, got 1.5" },
        { "motionShare", Sample.Request with { Motion = 1, MotionShare = double.NaN }, "above 0 to 1, got NaN" },
        { "motionShare", Sample.Request with { MotionShare = 0.5 }, "has no effect without motion" },
        {
            "quality", Sample.Request with { Quality = RenderQuality.Fast, SplitGuidance = true },
            "fast leaves features from step to step, which splitGuidance does on two devices"
        },
        {
            "quality", Sample.Request with { Quality = RenderQuality.Fast, Frames = 20, Joining = WindowMode.Overlap },
            "windows that overlap exchange every step; joining: continue"
        },
        { "quality", Sample.Request with { Quality = (RenderQuality)7 }, "full or fast, got 7" },
        { "container", Sample.Request with { Container = "avi" }, "mp4, webp, gif; got 'avi'" },
    };

    [Fact]
    public void Faults_OfAGoodRequest_AreNone() => Assert.Empty(Faults(Sample.Request));

    [Fact]
    public void Faults_AtTheEdgesOfWhatIsPossible_AreNone()
    {
        Assert.Empty(
            Faults(Sample.Request with { Frames = 1, Steps = 1, Start = 1, Guidance = 0, PlaybackFps = 1, Width = 8, Height = 8 }));
        Assert.Empty(Faults(
            Sample.Request with
            {
                Frames = 6,
                Steps = 1000,
                Start = 1000,
                Guidance = 100,
                PlaybackFps = 120,
                Width = 4096,
                Height = 4096,
            }));
    }

    [Fact]
    public void Faults_OfLongVideos_AreNone()
    {
        Assert.Empty(Faults(Sample.Request with { Frames = 1024, Overlap = 1 }));
        Assert.Empty(Faults(Sample.Request with { Frames = 1024, Steps = 1000, Guidance = 1, SplitGuidance = true }));
        Assert.Empty(Faults(Sample.Request with { Frames = 1024, Joining = WindowMode.Overlap, Overlap = 5 }));
        Assert.Empty(Faults(Sample.Request with { Joining = WindowMode.Overlap, SplitGuidance = true }));
        Assert.Empty(Faults(Sample.Request with { Frames = 20, Quality = RenderQuality.Fast }));
        Assert.Empty(Faults(Sample.Request with { Joining = WindowMode.Overlap, Quality = RenderQuality.Fast }));
    }

    [Theory]
    [MemberData(nameof(OneFault))]
    public void Faults_OfOneMistake_NameItsFieldAndBothSides(string field, RenderRequest request, string words)
    {
        RequestError fault = Assert.Single(Faults(request));

        Assert.Equal(field, fault.Field);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, null, null, false, "motionBucket", "1 to 255, got 0")]
    [InlineData(256.0, null, null, false, "motionBucket", "1 to 255, got 256")]
    [InlineData(double.NaN, null, null, false, "motionBucket", "got NaN")]
    [InlineData(null, -0.1, null, false, "noiseAugmentation", "0 to 10, got -0.1")]
    [InlineData(null, null, 100.5, false, "imageGuidance", "0 to 100, got 100.5")]
    [InlineData(null, null, 2.0, true, "splitGuidance", "has three passes; two devices take two")]
    public void Faults_OfAMotionControlOutOfItsRange_NameIt(
        double? bucket, double? noise, double? image, bool split, string field, string words)
    {
        RenderRequest request = Sample.Request with
        {
            MotionBucket = bucket,
            NoiseAugmentation = noise,
            ImageGuidance = image,
            SplitGuidance = split,
        };

        RequestError fault = Assert.Single(RequestValidator.Errors(request, Controlled, Sample.Noon));

        Assert.Equal(field, fault.Field);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_OfImageGuidanceWithoutGuidance_SayThatItHasNoEffect() => Assert.Contains(
        "no effect where guidance is 1",
        Assert.Single(RequestValidator.Errors(Sample.Request with { ImageGuidance = 2, Guidance = 1 }, Controlled, Sample.Noon)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(1.0, null, false, "motion", "guidance is 1")]
    [InlineData(3.0, 2.0, false, "motion", "so has imageGuidance")]
    [InlineData(3.0, null, true, "splitGuidance", "has three passes; two devices take two")]
    public void Faults_OfMotionWhereItsPassesCannotBeMade_NameTheOther(
        double guidance, double? image, bool split, string field, string words)
    {
        RenderRequest request = Sample.Request with { Motion = 0.6, Guidance = guidance, ImageGuidance = image, SplitGuidance = split };

        RequestError fault = Assert.Single(RequestValidator.Errors(request, Controlled, Sample.Noon));

        Assert.Equal(field, fault.Field);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_OfAnAutomaticStart_AreThoseOfTheChosenM()
    {
        FakeCatalog measured = new(FakeCatalog.Tiny with { AutomaticStart = 600 });

        Assert.Empty(RequestValidator.Errors(Sample.Request with { AutomaticStart = true }, measured, Sample.Noon));
        Assert.Contains(
            "1 to M = 600, got 601",
            Assert.Single(RequestValidator.Errors(
                Sample.Request with { AutomaticStart = true, Steps = 601 }, measured, Sample.Noon)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_OfMotion_AreNone()
    {
        Assert.Empty(RequestValidator.Errors(Sample.Request with { Motion = 1, MotionShare = 1, Guidance = 2 }, Controlled, Sample.Noon));
        // Without words there are the two passes of guidance, or the one.
        Assert.Empty(Faults(Sample.Request with { Motion = 0.6, Guidance = 1 }));
        Assert.Empty(Faults(Sample.Request with { Motion = 0.6, SplitGuidance = true }));
    }

    [Fact]
    public void Faults_OfMotionControlsInTheirRanges_AreNone() => Assert.Empty(RequestValidator.Errors(
        Sample.Request with { FpsCondition = 1, MotionBucket = 255, NoiseAugmentation = 0, ImageGuidance = 1.5 }, Controlled, Sample.Noon));

    [Fact]
    public void Faults_OfSeveralMistakes_AreAllListed()
    {
        RenderRequest request = Sample.Request with
        {
            Frames = 0,
            Start = 5000,
            Guidance = -1,
            Container = "avi",
            Width = 3,
            PlaybackFps = 0,
        };

        Assert.Equal(
            ["container", "frames", "guidance", "playbackFps", "start", "width"], Faults(request).Select(fault => fault.Field).Order());
    }

    [Fact]
    public void Faults_OfAPromptOfMoreTokensThanTheModelReads_SayHowMany()
    {
        var catalog = new FakeCatalog(FakeCatalog.Tiny with { MostTokens = 3, CountTokens = text => text.Split(' ').Length });

        IReadOnlyList<RequestError> faults = RequestValidator.Errors(
            Sample.Request with { Prompt = "a b c d", NegativePrompt = "a b c" }, catalog, Sample.Noon);

        Assert.Equal(
            new RequestError("prompt", "at most 3 tokens, got 4: tiny reads no more; words are mostly one or two tokens"),
            Assert.Single(faults));
    }

    [Fact]
    public void Faults_OfAnUnknownModel_ListTheKnownOnes()
    {
        RequestError fault = Assert.Single(Faults(Sample.Request with { Model = "huge", Frames = 0 }));

        Assert.Equal("model", fault.Field);
        Assert.Equal("'huge' is not there; there are: tiny", fault.Message);
    }

    private static FakeCatalog Controlled => new(FakeCatalog.Tiny with { HasMotionBucket = true, GuidesImageApart = true });

    private static IReadOnlyList<RequestError> Faults(RenderRequest request) =>
        RequestValidator.Errors(request, new FakeCatalog(), Sample.Noon);
}
