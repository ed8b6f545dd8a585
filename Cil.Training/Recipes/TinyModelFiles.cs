namespace Cil.Training.Recipes;

/// <summary>The files that the stages of cil-tiny's training leave in their folder.</summary>
internal sealed class TinyModelFiles(string folder)
{
    internal string Merges => Path.Combine(folder, "merges.txt");

    internal string Text => Path.Combine(folder, "text.safetensors");

    internal string Vision => Path.Combine(folder, "vision.safetensors");

    internal string Encoder => Path.Combine(folder, "encoder.safetensors");

    internal string Clips => Path.Combine(folder, "clips.safetensors");

    /// <summary>Where a run keeps its checkpoints.</summary>
    internal string Run(string name) => Path.Combine(folder, name);

    internal string Checkpoint(string run) => Path.Combine(folder, run, "checkpoint.safetensors");
}
