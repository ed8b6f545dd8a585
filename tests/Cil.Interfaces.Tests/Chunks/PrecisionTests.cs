using System.ComponentModel;
using Cil.Interfaces.Chunks;

namespace Cil.Interfaces.Tests.Chunks;

public sealed class PrecisionTests
{
    [Theory]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    public void Parse_ReadsWhatIsWritten(string text)
    {
        Assert.Equal(text, Precision.Parse(text).ToString());
        Assert.Equal(Precision.Parse(text), TypeDescriptor.GetConverter(typeof(Precision)).ConvertFromInvariantString(text));
    }

    [Fact]
    public void Precision_UnlessChosen_IsFloat32() => Assert.Equal(Precision.Float32, default);

    [Theory]
    [InlineData("float16")]
    [InlineData("Float32")]
    [InlineData("")]
    public void Parse_OfAnotherText_SaysWhatMayBeChosen(string text) =>
        Assert.Equal($"expected float32 or bfloat16, got '{text}'", Assert.Throws<FormatException>(() => Precision.Parse(text)).Message);
}
