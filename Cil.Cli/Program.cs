using Cil.Cli;
using Cil.Cli.Options;

StandardStreams.Guard();
return await CommandLine.RunAsync(args);
