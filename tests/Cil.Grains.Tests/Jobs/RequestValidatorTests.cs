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
        { "frames", Sample.Request with { Frames = 1024, Steps = 100, SplitGuidance = true }, "at most 10000 passes of the network that are chunks of their own, got 41000: 205 windows" },
        { "overlap", Sample.Request with { Frames = 20, Overlap = 2 }, "windows that continue share 1 frame, got 2" },
        { "overlap", Sample.Request with { Frames = 20, Joining = WindowMode.Overlap, Overlap = 0 }, "1 to 5 frames, of the 6 that tiny makes at once; got 0" },
        { "overlap", Sample.Request with { Frames = 20, Joining = WindowMode.Overlap, Overlap = 6 }, "got 6" },
        { "overlap", Sample.Request with { Frames = 1024, Joining = WindowMode.Overlap, Overlap = 5, Steps = 20 }, "got 20380: 1019 windows" },
        { "playbackFps", Sample.Request with { PlaybackFps = 0 }, "1 to 120, got 0" },
        { "playbackFps", Sample.Request with { PlaybackFps = 121 }, "got 121" },
        { "start", Sample.Request with { Start = 0 }, "M must be 1 to 1000, got 0" },
        { "start", Sample.Request with { Start = 1001 }, "got 1001" },
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
        { "container", Sample.Request with { Container = "avi" }, "mp4, webp, gif; got 'avi'" },
    };

    [Fact]
    public void Faults_OfAGoodRequest_AreNone() => Assert.Empty(Faults(Sample.Request));

    [Fact]
    public void Faults_AtTheEdgesOfWhatIsPossible_AreNone()
    {
        Assert.Empty(Faults(Sample.Request with { Frames = 1, Steps = 1, Start = 1, Guidance = 0, PlaybackFps = 1, Width = 8, Height = 8 }));
        Assert.Empty(Faults(Sample.Request with { Frames = 6, Steps = 1000, Start = 1000, Guidance = 100, PlaybackFps = 120, Width = 4096, Height = 4096 }));
    }

    [Fact]
    public void Faults_OfLongVideos_AreNone()
    {
        Assert.Empty(Faults(Sample.Request with { Frames = 1024, Overlap = 1 }));
        Assert.Empty(Faults(Sample.Request with { Frames = 1024, Steps = 1000, Guidance = 1, SplitGuidance = true }));
        Assert.Empty(Faults(Sample.Request with { Frames = 1024, Joining = WindowMode.Overlap, Overlap = 5 }));
        Assert.Empty(Faults(Sample.Request with { Joining = WindowMode.Overlap, SplitGuidance = true }));
    }

    [Theory]
    [MemberData(nameof(OneFault))]
    public void Faults_OfOneMistake_NameItsFieldAndBothSides(string field, RenderRequest request, string words)
    {
        RequestError fault = Assert.Single(Faults(request));

        Assert.Equal(field, fault.Field);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_OfSeveralMistakes_AreAllListed()
    {
        RenderRequest request = Sample.Request with { Frames = 0, Start = 5000, Guidance = -1, Container = "avi", Width = 3, PlaybackFps = 0 };

        Assert.Equal(["container", "frames", "guidance", "playbackFps", "start", "width"], Faults(request).Select(fault => fault.Field).Order());
    }

    [Fact]
    public void Faults_OfAPromptOfMoreTokensThanTheModelReads_SayHowMany()
    {
        var catalog = new FakeCatalog(FakeCatalog.Tiny with { MostTokens = 3, CountTokens = text => text.Split(' ').Length });

        IReadOnlyList<RequestError> faults = RequestValidator.Errors(Sample.Request with { Prompt = "a b c d", NegativePrompt = "a b c" }, catalog, Sample.Noon);

        Assert.Equal(new RequestError("prompt", "at most 3 tokens, got 4: tiny reads no more; words are mostly one or two tokens"), Assert.Single(faults));
    }

    [Fact]
    public void Faults_OfAnUnknownModel_ListTheKnownOnes()
    {
        RequestError fault = Assert.Single(Faults(Sample.Request with { Model = "huge", Frames = 0 }));

        Assert.Equal("model", fault.Field);
        Assert.Equal("'huge' is not there; there are: tiny", fault.Message);
    }

    private static IReadOnlyList<RequestError> Faults(RenderRequest request) => RequestValidator.Errors(request, new FakeCatalog(), Sample.Noon);
}
