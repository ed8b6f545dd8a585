using Cil.Rendering.Hosting;
using Cil.Silo.Cluster;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Microsoft.Extensions.Configuration;

// The program of a coordinator: settings from appsettings.json, environment variables (Cil__Data, …) and --Cil:Data=… (docs/cluster.md).
// Its build carries no libtorch; a worker is `cil serve --role worker`.
IConfigurationRoot configuration = new ConfigurationBuilder()
    .AddInMemoryCollection([new($"{ServiceOptions.Section}:{nameof(ServiceOptions.Role)}", nameof(SiloRole.Coordinator))])
    .AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
    .AddEnvironmentVariables()
    .AddCommandLine(args)
    .Build();
try
{
    await using CilService service = await CilService.StartAsync(ServiceConfiguration.Read(configuration));
    Console.WriteLine($"serving at {service.Url}");
    await service.RunAsync();
    return 0;
}
catch (Exception error) when (error is ServiceOptionsException or DeviceCountException or DataLockedException or SiloNameTakenException or StartRequirementException or Cil.Diffusion.Pipelines.ModelFolderException)
{
    Console.Error.WriteLine($"cil: {error.Message.Replace("\n", "\ncil: ", StringComparison.Ordinal)}");
    return 2;
}
