using System.Text.Json;
using Cil.Diffusion.StableVideoDiffusion;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>A system whose models can be rendered with. A new one is a folder and a line in <see cref="All"/>.</summary>
/// <param name="Name">As `family` in model.json names it.</param>
/// <param name="Read">Its manifest, from model.json and the folder that it lies in.</param>
/// <param name="Load">Its pipeline on a device.</param>
public sealed record ModelFamily(
    string Name, Func<JsonElement, string, ModelManifest> Read, Func<ModelManifest, string, Device, ScalarType, VideoPipeline> Load)
{
    /// <summary>The picture is seen as tokens of each frame and as a latent beside the noisy one.</summary>
    public const string DynamiCrafter = "dynamicrafter";

    /// <summary>The picture is seen as 16 tokens only, the same for every frame.</summary>
    public const string VideoCrafter1 = "videocrafter1";

    /// <summary>No words; the picture is seen as one token and as a latent beside the noisy one.</summary>
    public const string StableVideoDiffusion = "svd";

    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        new(DynamiCrafter, (json, _) => LvdmManifest.Read(json), (manifest, folder, device, precision) => LvdmPipeline.Load((LvdmManifest)manifest, folder, device, precision)),
        new(VideoCrafter1, (json, _) => LvdmManifest.Read(json), (manifest, folder, device, precision) => LvdmPipeline.Load((LvdmManifest)manifest, folder, device, precision)),
        new(StableVideoDiffusion, SvdManifest.Read, (manifest, folder, device, precision) => SvdPipeline.Load((SvdManifest)manifest, folder, device, precision)),
    ];

    public static ModelFamily? Find(string name) => All.FirstOrDefault(family => family.Name == name);
}
