using Cil.Rendering.Hosting;
using Cil.Silo.Cluster;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Storage;
using Microsoft.Extensions.Configuration;

// The program of a coordinator; on its command line settings are written as --Cil:Data=… (docs/cluster.md).
// Its build carries no libtorch; a worker is `cil serve --role worker`.
IConfigurationRoot configuration = ServiceConfiguration.Gather(
    builder => builder.AddCommandLine(args),
    KeyValuePair.Create<string, string?>($"{ServiceOptions.Section}:{nameof(ServiceOptions.Role)}", nameof(SiloRole.Coordinator)));
try
{
    await using CilService service = await CilService.StartAsync(ServiceConfiguration.Read(configuration));
    Console.WriteLine($"serving at {service.Url}");
    await service.RunAsync();
    return 0;
}
catch (Exception error)
    when (error is ServiceOptionsException or DeviceCountException or DataLockedException or StoreClaimedException
        or SiloNameTakenException or StartRequirementException or Cil.Diffusion.Pipelines.ModelFolderException)
{
    Console.Error.WriteLine($"cil: {error.Message.Replace("\n", "\ncil: ", StringComparison.Ordinal)}");
    return 2;
}
