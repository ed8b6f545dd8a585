using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.TimeNoise;
using Cil.Media.Clips;
using Cil.TestKit.Models;
using Cil.Training.FineTuning;
using Cil.Training.Losses;
using Cil.Training.Runs;
using Cil.Training.Tests.Runs;
using Cil.Training.Trainers;
using static TorchSharp.torch;

namespace Cil.Training.Tests.FineTuning;

public sealed class FineTunerTests : IDisposable
{
    private const int Side = 32;

    private readonly RunFolder data = new(), run = new(), output = new();

    public FineTunerTests()
    {
        _ = Directory.CreateDirectory(data.Path);
        for (int clip = 0; clip < 2; clip++)
        {
            byte[] frames =
                [.. Enumerable.Range(0, 20 * Side * Side * 3).Select(i => (byte)((i / (Side * Side * 3) * 11) + (i % 97) + (50 * clip)))];
            File.WriteAllBytes(
                Path.Combine(data.Path, $"{clip}.mp4"), VideoEncoder.EncodeAsync(frames, Side, Side, 12, "mp4").GetAwaiter().GetResult());
        }

        ClipList.Write(data.Path, [new("0.mp4", "one"), new("1.mp4", "two")]);
    }

    public void Dispose()
    {
        data.Dispose();
        run.Dispose();
        output.Dispose();
    }

    [Theory]
    [InlineData(false, Tuning.Naive)]
    [InlineData(true, Tuning.TimeNoise)]
    public void Export_RecordsTheTuningAndTheBase(bool timeNoise, Tuning expected)
    {
        using var model = new TinyModel();

        ModelManifest tuned = Tune(model.Folder, timeNoise);

        Assert.Equal((expected, "tiny", "tuned"), (tuned.Tuning, tuned.Base, tuned.Name));
        Preset plain = Presets.Find("dynamicrafter")!, own = Presets.Find(timeNoise ? "dynamicrafter-timenoise" : "dynamicrafter-naive")!;
        Assert.False(plain.Fits(tuned), "a fine-tuned model is not the plain one");
        Assert.True(own.Fits(tuned));
    }

    [Fact]
    public void Tune_OfAModelInALightningCheckpoint_GivesAModelThatRendersOtherwise()
    {
        using var model = new TinyModel();
        string file = Path.Combine(model.Folder, "weights.safetensors"), checkpoint = Path.Combine(model.Folder, "model.ckpt");
        Containers.Light(file, checkpoint);
        string[] names;
        using (SafetensorsReader plain = SafetensorsReader.Open(file)) names = [.. plain.Names.Order(StringComparer.Ordinal)];
        File.Delete(file);
        (TinyModel.Manifest with { Files = new ModelFiles { Weights = "model.ckpt" } }).Write(model.Folder);

        _ = Tune(model.Folder, timeNoise: true);

        // What a training leaves in a checkpoint is not carried on.
        using SafetensorsReader tuned = SafetensorsReader.Open(Path.Combine(output.Path, "weights.safetensors"));
        Assert.Equal(names, tuned.Names.Order(StringComparer.Ordinal));
        using VideoPipeline pipeline = ModelFolder.Load(output.Path, CPU);
        Assert.Equal("tuned", pipeline.Manifest.Name);
    }

    [Fact]
    public void Tune_OfVideoCrafter1_TrainsWithoutTheConditionsLatents()
    {
        using var model = new TinyModel(TinyModel.VideoCrafter1);

        ModelManifest tuned = Tune(model.Folder, timeNoise: true, options => options with { TokenNoise = ImageTokenNoise.Add });

        Assert.Equal((FamilyName.VideoCrafter1, Tuning.TimeNoise), (tuned.Family, tuned.Tuning));
        using SafetensorsReader before = SafetensorsReader.Open(Path.Combine(model.Folder, "weights.safetensors")),
            after = SafetensorsReader.Open(Path.Combine(output.Path, "weights.safetensors"));
        const string Name = "model.diffusion_model.out.2.weight";
        using Tensor one = before.Read(Name), other = after.Read(Name);
        Assert.NotEqual(one.bytes.ToArray(), other.bytes.ToArray());
    }

    [Theory]
    [InlineData(false, Tuning.Naive)]
    [InlineData(true, Tuning.TimeNoise)]
    public void Tune_OfStableVideoDiffusion_GivesAModelOfItsOwn(bool timeNoise, Tuning expected)
    {
        using var model = new TinySvd();

        ModelManifest tuned = Tune(model.Folder, timeNoise);

        Assert.Equal((FamilyName.StableVideoDiffusion, expected, TinySvd.Name), (tuned.Family, tuned.Tuning, tuned.Base));
        Assert.False(Presets.Find("svd")!.Fits(tuned));
        const string File = "diffusion_pytorch_model.safetensors", Name = "conv_out.weight";
        using SafetensorsReader before = SafetensorsReader.Open(model.PathOf("unet", File)),
            after = SafetensorsReader.Open(Path.Combine(output.Path, "unet", File));
        using Tensor one = before.Read(Name), other = after.Read(Name);
        Assert.NotEqual(one.bytes.ToArray(), other.bytes.ToArray());
        using VideoPipeline pipeline = ModelFolder.Load(output.Path, CPU);
        Assert.Equal("tuned", pipeline.Manifest.Name);
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1.96, 0.975)]
    [InlineData(-1.96, 0.025)]
    public void TimeOf_ANoiseLevel_IsTheShareBelowIt(double normal, double share) => Assert.Equal(share, SvdTrainer.TimeOf(normal), 1e-4);

    [Fact]
    public void Encode_DrawsStridesOfItsOwnForEachTake_AndTheRatesThatTheyLeave()
    {
        using var model = new TinyModel();
        var tuner = FineTuner.Of(model.Folder, Options with { Takes = 8 });

        tuner.Encode(data.Path, (_, _) => { }, CancellationToken.None);

        using SafetensorsReader clips = SafetensorsReader.Open(Path.Combine(run.Path, "clips.safetensors"));
        using Tensor fps = clips.Read("fps");
        long[] rates = fps.data<long>().ToArray();
        Assert.Equal(16, rates.Length);
        // 12 frames a second at strides of 1 to 6: 12, 6, 4, 3, 2, 2.
        Assert.All(rates, rate => Assert.Contains(rate, (long[])[12, 6, 4, 3, 2]));
        Assert.True(rates.Distinct().Count() >= 3, string.Join(", ", rates));
    }

    [Fact]
    public void Train_OnAnyFrame_WhereTheFirstWasEncoded_IsRefused()
    {
        using var model = new TinyModel();
        FineTuner.Of(model.Folder, Options with { ConditionFrame = ConditionFrame.First })
            .Encode(data.Path, (_, _) => { }, CancellationToken.None);
        var tuner = FineTuner.Of(model.Folder, Options with { ConditionFrame = ConditionFrame.Random });

        TrainingException error = Assert.Throws<TrainingException>(
            () => tuner.Train(new Progress<TrainingProgress>(), CancellationToken.None));

        Assert.Contains("encoded for 1 of 4 frames", error.Message, StringComparison.Ordinal);
    }

    private FineTuningOptions Options =>
        new() { Folder = run.Path, Steps = 2, Batch = 2, LearningRate = 1e-2, WarmUp = 0, EmaDecay = 0, BFloat16 = false };

    private ModelManifest Tune(string folder, bool timeNoise, Func<FineTuningOptions, FineTuningOptions>? with = null)
    {
        FineTuningOptions options = Options with { TimeNoise = timeNoise ? new TimeNoiseDistribution() : null };
        var tuner = FineTuner.Of(folder, with?.Invoke(options) ?? options);
        tuner.Encode(data.Path, (_, _) => { }, CancellationToken.None);
        Assert.True(tuner.Train(new Progress<TrainingProgress>(), CancellationToken.None));
        tuner.Export(output.Path, "tuned");
        return ModelFolder.Read(output.Path);
    }
}
