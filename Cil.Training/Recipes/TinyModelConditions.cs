using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Training.Datasets;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Recipes;

/// <summary>What the frozen towers say about clips, computed once.</summary>
internal sealed class TinyModelConditions(BpeTokenizer tokenizer, string textFile, VisionTower vision)
{
    /// <summary>The entries of <see cref="LatentClips"/> but the latents.</summary>
    public IEnumerable<(string Name, Tensor Value)> Of(IReadOnlyList<SpriteClip> clips)
    {
        using var reader = SafetensorsReader.Open(textFile);
        using var weights = new CheckpointWeights(reader, CPU, ScalarType.Float32);
        var text = new TextTower(TinyModel.OpenClip(tokenizer.VocabularySize).Text, WeightScope.Root(weights, ModelNetworks.TextPrefix));
        Tensor first = ClipEncoder.Pixels([.. clips.SelectMany(c => c.FirstFrame.ToArray())], clips.Count, TinyModel.Size, TinyModel.Size);
        return
        [
            ("text", text.Forward(Tokens(clips.Select(c => c.Caption)))),
            ("empty_text", text.Forward(Tokens([""]))),
            ("image", vision.Tokens(ImagePreprocessor.Prepare(first, vision.Config.ImageSize))),
            ("empty_image", vision.Tokens(
                ImagePreprocessor.Prepare(zeros([1, 3, TinyModel.Size, TinyModel.Size]), vision.Config.ImageSize))),
        ];
    }

    private Tensor Tokens(IEnumerable<string> captions) =>
        tensor(captions.SelectMany(tokenizer.Tokenize).ToArray()).view(-1, BpeTokenizer.ContextLength);
}
