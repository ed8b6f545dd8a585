using Cil.Cli;

return await CommandLine.RunAsync(args);
