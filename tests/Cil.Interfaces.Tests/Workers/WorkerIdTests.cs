using Cil.Interfaces.Workers;

namespace Cil.Interfaces.Tests.Workers;

public sealed class WorkerIdTests
{
    [Fact]
    public void Parse_OfWhatToStringGave_IsTheSameWorker()
    {
        var worker = new WorkerId("silo-a", 3);

        Assert.Equal("silo-a/3", worker.ToString());
        Assert.Equal(worker, WorkerId.Parse("silo-a/3"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("silo")]
    [InlineData("/0")]
    [InlineData("silo/")]
    [InlineData("silo/x")]
    [InlineData("silo/-1")]
    [InlineData("silo/ 1")]
    [InlineData("a/b/1")]
    public void Parse_OfAnythingElse_IsRefused(string text) => Assert.Throws<ArgumentException>(() => WorkerId.Parse(text));

    [Theory]
    [InlineData("", 0)]
    [InlineData(" ", 0)]
    [InlineData("a/b", 0)]
    [InlineData("a", -1)]
    public void Worker_OfNoPlace_IsRefused(string silo, int ordinal) => Assert.Throws<ArgumentException>(() => new WorkerId(silo, ordinal));
}
