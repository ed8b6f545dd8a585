using System.CommandLine;

namespace Cil.Cli.Training;

/// <summary>
/// `cil train`: fine-tuning of a model on a folder of clips, the making of cil-tiny from nothing, and the small world that
/// the paper's table is measured on, with the network that its videos are compared by.
/// </summary>
public static class TrainCommand
{
    public static Command Build() => new("train", "Trains models; a run that was stopped goes on from its last checkpoint.")
    {
        FeaturesCommand.Build(),
        FineTuneCommand.Build(),
        TinyCommand.Build(),
        WorldCommand.Build(),
    };
}
