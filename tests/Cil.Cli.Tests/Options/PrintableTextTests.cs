using System.Text;
using Cil.Cli.Jobs;
using Cil.Cli.Options;
using Cil.Cli.Statistics;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Tests.Options;

/// <summary>What others wrote is shown, and steers nothing.</summary>
public sealed class PrintableTextTests
{
    [Theory]
    [InlineData("a cat, 猫 and 🐈", "a cat, 猫 and 🐈")]
    [InlineData("\u001b[2Jgone", @"\u001b[2Jgone")]
    [InlineData("two\nlines\r\t", @"two\nlines\r\t")]
    [InlineData("\u009b31m\u007f\u0000", @"\u009b31m\u007f\u0000")]
    [InlineData("\u202eevil\u2066", @"\u202eevil\u2066")]
    public void Of_SpellsOutWhatSteersATerminal(string text, string shown) => Assert.Equal(shown, PrintableText.Of(text));

    [Fact]
    public void OfLines_KeepsLines() => Assert.Equal("a\r\n\tb\\u001b", PrintableText.OfLines("a\r\n\tb\u001b"));

    [Fact]
    public void JobTable_OfAnyPrompt_IsOneLineOfWholeCharacters()
    {
        var job = new JobSnapshot
        {
            Id = new RenderJobId("one"), State = JobState.Completed, Stage = JobStage.Done, Tenant = "t\u001b[31m",
            Prompt = $"{new string('a', 30)}\n{new string('b', 7)}🐈{new string('c', 9)}",
        };

        using var table = new StringWriter();
        JobTable.Write(table, [job], DateTimeOffset.UnixEpoch);
        string line = table.ToString().TrimEnd('\n').Split('\n')[1].TrimEnd();

        Assert.Contains(@"t\u001b[31m", line, StringComparison.Ordinal);
        Assert.EndsWith($"{new string('a', 30)}\\n{new string('b', 7)}…", line, StringComparison.Ordinal);
        Assert.Equal(2, table.ToString().TrimEnd('\n').Split('\n').Length);
    }

    [Theory]
    [InlineData(248)]
    [InlineData(249)]
    [InlineData(255)]
    public void ShardFolder_OfAnyName_IsAFolderThatCanBe(int length)
    {
        string file = $"/data/{new string('s', length)}", folder = ShardFolder.Of(file);

        Assert.Equal(folder, ShardFolder.Of(file));
        Assert.StartsWith("/data/", folder, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(Path.GetFileName(folder)), 1, 255);
    }
}
