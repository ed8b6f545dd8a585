using RenderService;

// Configuration names the grid:  Cil__Address=http://127.0.0.1:8300 Cil__Key=cil_... dotnet run --project samples/RenderService
await RenderApp.Build(args).RunAsync();
