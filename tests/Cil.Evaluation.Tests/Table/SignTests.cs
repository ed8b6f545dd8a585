using Cil.Evaluation.Table;

namespace Cil.Evaluation.Tests.Table;

public sealed class SignTests
{
    [Theory]
    [InlineData(1.0, "as written")]
    [InlineData(-1.0, "the other way")]
    [InlineData(0.0, "tie")]
    public void Verdict_OfADifference_SaysTieWithinTheInterval(double difference, string verdict)
    {
        Sign sign = Sign.All.Single(each => each.Number == 1);
        Assert.Equal(verdict, sign.Verdict(sign.Measure(Rows(TableRow.PlainAnalytic, difference))));
    }

    [Fact]
    public void Verdict_OfAtLeast_TakesATieForWhatWasWritten()
    {
        Sign sign = Sign.All.Single(each => each.Number == 9);
        Assert.Equal("tie: as written", sign.Verdict(sign.Measure(Rows(TableRow.Cil, 0))));
        Assert.Equal("the other way", sign.Verdict(sign.Measure(Rows(TableRow.Cil, -1))));
    }

    [Fact]
    public void Rows_BeyondThePaper_AreThePlainModelsAndDifferInWhatTheyAreNamedAfter()
    {
        IReadOnlyList<TableRow> rows = TableRow.All(1000, 940, 820);

        Assert.Equal(
            rows[TableRow.Plain] with { Name = rows[TableRow.PlainLowPass].Name },
            rows[TableRow.PlainLowPass] with { LowPass = null });
        Assert.Equal(
            rows[TableRow.PlainAnalytic] with { Name = rows[TableRow.PlainLowRank].Name },
            rows[TableRow.PlainLowRank] with { IsLowRank = false });
        Assert.Equal(
            rows[TableRow.PlainAnalytic] with { Name = rows[TableRow.PlainAutomatic].Name, Start = 820 }, rows[TableRow.PlainAutomatic]);
        Assert.True(rows[TableRow.PlainLowRank].IsLowRank);
        Assert.NotNull(rows[TableRow.PlainLowPass].LowPass);
    }

    [Fact]
    public void ScoreFile_GivesBackWhatWasAdded_AndRefusesWhatIsNoLineOfIt()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.Delete(path);
            var file = new ScoreFile(path);
            var scores = new VideoScores(0.1, 2.25, 31.7);
            file.Add("control: plain, early, N(0, 1)", [(3, scores)]);
            file.Add("naive", [(0, scores with { Motion = 1 })]);

            Assert.Equal(scores, file.Read()[("control: plain, early, N(0, 1)", 3)]);
            Assert.Equal(2, file.Read().Count);

            File.AppendAllText(path, "naive,0,one,2,3\n");
            Assert.Contains("got 'naive,0,one,2,3'", Assert.Throws<InvalidDataException>(file.Read).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Scores_OfAStillVideoOfItsImage_AreNoMotionAndTheBestAlignment()
    {
        byte[] image = [.. Enumerable.Range(0, 32 * 32 * 3).Select(i => (byte)(i * 13))];
        byte[] darker = [.. image.Select(value => (byte)Math.Max(0, value - 10))];

        VideoScores still = VideoScores.Of([.. image, .. image, .. image], image, 32, 32);

        Assert.Equal((0, 100), (still.Motion, still.Alignment));
        // Grey levels between pixels are sums of rounded parts.
        Assert.InRange(still.Flicker, 0, 1e-6);
        Assert.InRange(VideoScores.Of([.. darker, .. darker], image, 32, 32).Alignment, 28, 28.5);
    }

    // A row is as far above the others as is said, give or take.
    private static VideoScores[][] Rows(int row, double difference) => [.. TableRow.All(1000, 940, 820)
        .Select((_, each) => Enumerable.Range(0, 40).Select(
            clip => new VideoScores(
                10 + (each == row ? difference : 0) + (0.1 * ((((clip * 7) + (each * 13)) % 5) - 2)), 1, 30)).ToArray())];
}
