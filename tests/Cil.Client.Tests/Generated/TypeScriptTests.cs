using System.Text.Json;

namespace Cil.Client.Tests.Generated;

/// <summary>For other languages the OpenAPI document is enough: TypeScript, by openapi-typescript and openapi-fetch of npm.</summary>
public sealed class TypeScriptTests(RenderServiceFixture fixture) : IClassFixture<RenderServiceFixture>
{
    [Fact]
    public async Task Client_MadeFromTheDocument_CompilesAndRenders()
    {
        string folder = Path.Combine(
            ChildProcess.Repository(), "artifacts", "typescript-client"), source = Path.Combine(AppContext.BaseDirectory, "Generated",
            "Node");
        _ = Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openapi-typescript")))
            _ = await ChildProcess.RunAsync("npm", folder, "install", "--no-audit", "--no-fund", "--loglevel=error");

        string tools = Path.Combine("node_modules", ".bin");
        _ = await ChildProcess.RunAsync(
            Path.Combine(folder, tools, "openapi-typescript"), folder, $"{fixture.Url}/openapi/v1.json", "-o", "cil.ts");
        _ = await ChildProcess.RunAsync(Path.Combine(folder, tools, "tsc"), folder, "-p", ".");
        string said = await ChildProcess.RunAsync("node", folder, "client.js", fixture.Url, fixture.Key, fixture.Picture);

        JsonElement seen = JsonDocument.Parse(said).RootElement, refused = seen.GetProperty("refused");
        Assert.Equal(("completed", "5", "ftyp"), (Text(seen, "state"), Text(seen, "seed"), Text(seen, "bytes")));
        Assert.Equal((400, "invalid_request"), (refused.GetProperty("status").GetInt32(), Text(refused, "code")));
        Assert.Equal("steps", Assert.Single(refused.GetProperty("fields").EnumerateArray()).GetString());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
