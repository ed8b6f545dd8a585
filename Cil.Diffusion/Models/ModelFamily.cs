using System.Text.Json;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using static TorchSharp.torch;

namespace Cil.Diffusion.Models;

/// <summary>A system whose models can be rendered with. A new one is a folder and a line in <see cref="All"/>.</summary>
/// <param name="Name">As `family` in model.json names it.</param>
/// <param name="Read">Its manifest, from model.json and the folder that it lies in.</param>
/// <param name="Load">Its pipeline on a device.</param>
public sealed record ModelFamily(
    string Name, Func<JsonElement, string, ModelManifest> Read, Func<ModelManifest, string, Device, ScalarType, VideoPipeline> Load)
{
    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        new(
            FamilyName.DynamiCrafter, (json, _) => LvdmManifest.Read(json),
            (manifest, folder, device, precision) => LvdmPipeline.Load((LvdmManifest)manifest, folder, device, precision)),
        new(
            FamilyName.VideoCrafter1, (json, _) => LvdmManifest.Read(json),
            (manifest, folder, device, precision) => LvdmPipeline.Load((LvdmManifest)manifest, folder, device, precision)),
        new(
            FamilyName.StableVideoDiffusion, SvdManifest.Read,
            (manifest, folder, device, precision) => SvdPipeline.Load((SvdManifest)manifest, folder, device, precision)),
    ];

    public static ModelFamily? Find(string name) => All.FirstOrDefault(family => family.Name == name);
}
