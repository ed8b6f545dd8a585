using Cil.Diffusion.Pipelines;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class EmbeddedOptionsValidator : OptionsValidator<EmbeddedOptions>
{
    internal override IEnumerable<RequestError> Errors(EmbeddedOptions options)
    {
        if (options.DataFolder.Length == 0) yield return new RequestError(nameof(options.DataFolder), "a folder; nothing was given");
        foreach (string model in options.ModelFolders.Where(folder => !File.Exists(Path.Combine(folder, ModelManifest.FileName))))
            yield return new RequestError(nameof(options.ModelFolders), $"the folder {model} has no {ModelManifest.FileName}");
        if (options.Devices is < 0 or > ServiceOptionsValidator.MaxDevices)
            yield return new RequestError(nameof(options.Devices), $"0 to {ServiceOptionsValidator.MaxDevices}, got {options.Devices}");
        foreach (RequestError error in new PlannerOptionsValidator().Errors(nameof(options.Planning), options.Planning)) yield return error;
        foreach (RequestError error in new LeaseOptionsValidator().Errors(nameof(options.Leasing), options.Leasing)) yield return error;
    }
}
