using System.Globalization;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Recipes;

/// <summary>Makes a model folder of what the stages of cil-tiny's training have left.</summary>
internal sealed class TinyModelExport(TinyModelFiles files, TinyModelPlan plan)
{
    /// <summary>What the names of averaged parameters begin with in a checkpoint.</summary>
    internal const string AverageMark = "average.";

    /// <summary>Writes the model folder from what the stages have left so far.</summary>
    internal void Write(string output)
    {
        using DisposeScope scope = NewDisposeScope();
        var weights = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        Take(weights, files.Text, name => name);
        Take(weights, files.Vision, name => name);
        Take(weights, files.Encoder, name => name);
        Take(weights, files.Checkpoint("decoder"), Averaged);
        Take(weights, files.Checkpoint(plan.Stages.Last(s => File.Exists(files.Checkpoint(s.Name))).Name), Averaged);
        var tokenizer = BpeTokenizer.FromFile(files.Merges);
        ModelFolder.Save(
            output, TinyModel.Manifest(tokenizer.VocabularySize),
            weights.Select(w => (w.Key, w.Value)), File.ReadLines(files.Merges).Skip(1));
        using var clips = SafetensorsReader.Open(files.Clips);
        Tensor latents = clips.Read("latents");
        var moments = new LatentMoments([.. latents.shape.Skip(1)]);
        for (int i = 0; i < latents.size(0); i++)
        {
            using Tensor one = latents[i].contiguous();
            moments.Add(one.data<float>().ToArray());
        }

        LatentStatistics.From(moments).Save(Path.Combine(output, "statistics.safetensors"));
    }

    private static void Take(SortedDictionary<string, Tensor> weights, string file, Func<string, string?> rename)
    {
        if (!File.Exists(file))
        {
            throw new TrainingException(
                string.Create(CultureInfo.InvariantCulture, $"{file}: missing; the stage that makes it has not run."));
        }

        using var reader = SafetensorsReader.Open(file);
        foreach (string name in reader.Entries.Keys)
        {
            if (rename(name) is { } to) weights[to] = reader.Read(name).to(ScalarType.Float16);
        }
    }

    private static string? Averaged(string name) =>
        name.StartsWith(AverageMark, StringComparison.Ordinal) ? name[AverageMark.Length..] : null;
}
