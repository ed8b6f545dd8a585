using System.CommandLine;

namespace Cil.Cli.Training;

/// <summary>`cil train`: fine-tuning of a model on a folder of clips, and the making of cil-tiny from nothing.</summary>
public static class TrainCommand
{
    public static Command Build() => new("train", "Trains models; a run that was stopped goes on from its last checkpoint.")
    {
        FineTuneCommand.Build(),
        TinyCommand.Build(),
    };
}
