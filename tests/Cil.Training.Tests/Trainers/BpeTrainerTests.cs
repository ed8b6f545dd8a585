using Cil.Training.Trainers;

namespace Cil.Training.Tests.Trainers;

public sealed class BpeTrainerTests
{
    [Fact]
    public void Learn_FromWords_MergesTheMostFrequentPairFirst()
    {
        string text = BpeTrainer.Learn(["low low low lower", "Low new"], 5);
        Assert.Equal(["#version: 0.2", "l o", "lo w</w>", "e r</w>", "e w</w>", "lo w"], text.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Learn_OfMoreMergesThanPairs_StopsWhenWordsAreWhole()
    {
        string[] lines = BpeTrainer.Learn(["ab ab"], 100).TrimEnd('\n').Split('\n');
        Assert.Equal(["#version: 0.2", "a b</w>"], lines);
    }

    [Fact]
    public void Learn_OfTheSameCaptions_GivesTheSameFileInAnyOrder() =>
        Assert.Equal(BpeTrainer.Learn(["a red apple", "an owl moving up"], 30), BpeTrainer.Learn(["an owl moving up", "a red apple"], 30));
}
