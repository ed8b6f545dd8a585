using Cil.Client.Hosting;

namespace RenderService;

/// <summary>A small web service that has its videos made by a Cil grid.</summary>
public static class RenderApp
{
    /// <summary>The service, ready to be started.</summary>
    public static WebApplication Build(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Services.AddCilClient(options => builder.Configuration.GetSection("Cil").Bind(options));
        builder.Services.AddExceptionHandler<GridErrors>().AddProblemDetails();
        WebApplication application = builder.Build();
        application.UseExceptionHandler();
        VideoRoutes.Map(application);
        return application;
    }
}
