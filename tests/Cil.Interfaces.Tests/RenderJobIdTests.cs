using System.Text.Json;

namespace Cil.Interfaces.Tests;

public sealed class RenderJobIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("video_0123-ABC")]
    public void Id_OfLettersDigitsAndDashes_KeepsItsText(string text) => Assert.Equal(text, new RenderJobId(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("../a")]
    [InlineData("a/b")]
    [InlineData("a.b")]
    [InlineData("é")]
    public void Id_WithAnythingElse_IsRefusedAndNamed(string text) =>
        Assert.Contains($"got '{text}'", Assert.Throws<ArgumentException>(() => new RenderJobId(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Id_OfMoreThan64Characters_IsRefused()
    {
        Assert.Equal(64, new RenderJobId(new string('x', 64)).Value.Length);
        Assert.Throws<ArgumentException>(() => new RenderJobId(new string('x', 65)));
    }

    [Fact]
    public void New_GivesAnotherIdEachTime() => Assert.NotEqual(RenderJobId.New(), RenderJobId.New());

    [Fact]
    public void Id_ComesBackFromJson()
    {
        RenderJobId id = new("one");

        Assert.Equal(id, JsonSerializer.Deserialize<RenderJobId>(JsonSerializer.Serialize(id)));
    }
}
