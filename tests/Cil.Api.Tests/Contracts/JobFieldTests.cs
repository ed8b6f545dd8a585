using Cil.Client.Contracts;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Api.Tests.Contracts;

public sealed class JobFieldTests
{
    [Theory]
    [InlineData("auto", null, true)]
    [InlineData("600", 600, false)]
    public void Start_IsANumberOrAuto_AndIsWrittenAsItWasRead(string text, int? start, bool isAutomatic)
    {
        var errors = new List<RequestError>();

        RenderRequest read = JobFields.Read([new("start", text)], errors);

        Assert.Empty(errors);
        Assert.Equal((start, isAutomatic), (read.Start, read.AutomaticStart));
        Assert.Contains(("start", text), JobFields.Write(read));
    }

    [Fact]
    public void Start_OfAnotherWord_IsRefused()
    {
        var errors = new List<RequestError>();

        _ = JobFields.Read([new("start", "early")], errors);

        Assert.Equal("expected a whole number, or auto, got 'early'", Assert.Single(errors).Message);
    }

    [Fact]
    public void Motion_IsWrittenAsItWasRead()
    {
        var errors = new List<RequestError>();

        RenderRequest read = JobFields.Read([new("motion", "0.6"), new("motionShare", "0.25")], errors);

        Assert.Empty(errors);
        Assert.Equal((0.6, 0.25), (read.Motion, read.MotionShare));
        Assert.Contains(("motion", "0.6"), JobFields.Write(read));
        Assert.Contains(("motionShare", "0.25"), JobFields.Write(read));
        Assert.DoesNotContain("motion", JobFields.Write(new RenderRequest { Model = "", Prompt = "" }).Select(field => field.Name));
    }
}
