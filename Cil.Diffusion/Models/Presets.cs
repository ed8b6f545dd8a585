using Cil.Diffusion.Pipelines;

namespace Cil.Diffusion.Models;

/// <summary>
/// The eighteen lines of the paper's table: three systems, each plain, with Analytic-Init, naively fine-tuned, that with
/// Analytic-Init, fine-tuned with TimeNoise, and CIL, which is TimeNoise with Analytic-Init.
/// </summary>
public static class Presets
{
    // The model that ships is DynamiCrafter's networks in small; neither it nor what is fine-tuned from it is of the paper.
    private const string Shipped = "cil-tiny";

    // M as published: 0.94 of all times, and noise level 100. The scripts of DynamiCrafter-CIL start at 1000, where the schedule
    // leaves nothing of the data and Analytic-Init is plain noise.
    private const int AllTimes = 1000, EarlierTime = 940, HighestLevel = 700, EarlierLevel = 100;

    public static IReadOnlyList<Preset> All { get; } =
    [
        .. Of(
            "dynamicrafter", FamilyName.DynamiCrafter, AllTimes, EarlierTime, "Doubiiu/DynamiCrafter_512",
            "GraceZhao/DynamiCrafter-naive-finetune", "GraceZhao/DynamiCrafter-CIL-512"),
        .. Of(
            "videocrafter1", FamilyName.VideoCrafter1, AllTimes, EarlierTime, "VideoCrafter/Image2Video-512",
            "GraceZhao/VideoCrafter1-naive-finetune", "GraceZhao/VideoCrafter1-CIL-512"),
        .. Of(
            "svd", FamilyName.StableVideoDiffusion, HighestLevel, EarlierLevel,
            "stabilityai/stable-video-diffusion-img2vid", "GraceZhao/SVD-naive-finetune", "GraceZhao/SVD-CIL-512"),
    ];

    public static Preset? Find(string name) => All.FirstOrDefault(preset => preset.Name == name);

    /// <summary>The lines that a model's weights are for.</summary>
    public static IEnumerable<Preset> For(ModelManifest manifest) =>
        manifest.Name == Shipped || manifest.Base == Shipped ? [] : All.Where(preset => preset.Fits(manifest));

    private static IEnumerable<Preset> Of(
        string name, string family, int start, int earlier, string plain, string naive, string timeNoise) =>
    [
        new(name, family, Tuning.Plain, false, start, plain),
        new($"{name}-analytic-init", family, Tuning.Plain, true, earlier, plain),
        new($"{name}-naive", family, Tuning.Naive, false, start, naive),
        new($"{name}-naive-analytic-init", family, Tuning.Naive, true, earlier, naive),
        new($"{name}-timenoise", family, Tuning.TimeNoise, false, start, timeNoise),
        new($"{name}-cil", family, Tuning.TimeNoise, true, earlier, timeNoise),
    ];
}
