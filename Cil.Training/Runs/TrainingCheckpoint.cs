using System.Globalization;
using Cil.Diffusion.Checkpoints;
using Cil.Training.Optimizers;
using static TorchSharp.torch;

namespace Cil.Training.Runs;

/// <summary>
/// One safetensors file with all that a run needs to go on: float32 parameters (master.NAME), their average (average.NAME),
/// AdamW's moments (first.NAME, second.NAME) and the counters in the metadata.
/// </summary>
internal static class TrainingCheckpoint
{
    public static void Write(string file, long step, IReadOnlyList<NamedParameter> parameters, AdamW optimizer, ExponentialAverage average)
    {
        IEnumerable<(string, Tensor)> tensors = parameters.Select(p => ($"master.{p.Name}", p.Master))
            .Concat(average.Values().Select(v => ($"average.{v.Name}", v.Value)))
            .Concat(optimizer.State());
        SafetensorsWriter.Save(file, tensors, new Dictionary<string, string>
        {
            ["step"] = step.ToString(CultureInfo.InvariantCulture),
            ["optimizer_steps"] = optimizer.StepCount.ToString(CultureInfo.InvariantCulture),
            ["average_updates"] = average.Updates.ToString(CultureInfo.InvariantCulture),
        });
    }

    /// <returns>Steps done.</returns>
    /// <exception cref="TrainingException">The file is of another network.</exception>
    public static long Read(string file, IReadOnlyList<NamedParameter> parameters, AdamW optimizer, ExponentialAverage average)
    {
        using var reader = SafetensorsReader.Open(file);
        var expected = parameters.Select(p => $"master.{p.Name}").ToHashSet(StringComparer.Ordinal);
        var stored = reader.Entries.Keys.Where(k => k.StartsWith("master.", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        if (!expected.SetEquals(stored))
        {
            throw new TrainingException(
                $"{file}: is of another network: {expected.Except(stored).Count()} parameters missing, "
                    + $"{stored.Except(expected).Count()} spare. Give another folder, or remove the file.");
        }

        using IDisposable noGrad = no_grad();
        foreach (NamedParameter parameter in parameters)
        {
            using Tensor value = reader.Read($"master.{parameter.Name}");
            if (!value.shape.SequenceEqual(parameter.Master.shape))
            {
                throw new TrainingException(
                    $"{file}: {parameter.Name}: expected ({string.Join(", ", parameter.Master.shape)}), got "
                        + $"({string.Join(", ", value.shape)}).");
            }

            parameter.Master.copy_(value);
            parameter.Publish();
        }

        optimizer.Restore(name => reader.Read(name), Counter("optimizer_steps"));
        average.Restore(name => reader.Read($"average.{name}"), Counter("average_updates"));
        return Counter("step");

        long Counter(string name) =>
            reader.Metadata.TryGetValue(name, out string? text) && long.TryParse(text, CultureInfo.InvariantCulture, out long value)
                ? value
                : throw new TrainingException($"{file}: the metadata lack {name}; this is no checkpoint of a training run.");
    }
}
