using System.Text.Json;
using System.Text.Json.Nodes;
using Cil.Api.Tests.Node;

namespace Cil.Api.Tests.Contracts;

/// <summary>The document that clients are generated from.</summary>
public sealed class DocumentTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Stored = "Contracts/openapi.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    [Fact]
    public async Task Document_IsAsStored()
    {
        string actual = (await DocumentAsync()).ToJsonString(Indented),
            stored = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, Stored));

        if (actual == stored.TrimEnd()) return;
        string place = Path.Combine(AppContext.BaseDirectory, "openapi.json.now");
        await File.WriteAllTextAsync(place, $"{actual}\n");
        Assert.Fail(
            $"The API's document has changed. Adding is safe; renaming, taking away and other kinds break clients. If it is meant, "
                + $"copy {place} to tests/Cil.Api.Tests/{Stored}.");
    }

    [Fact]
    public async Task Operations_HaveNamesThatAreUniqueAndSummaries()
    {
        JsonObject[] operations = [.. (await DocumentAsync())["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .Select(operation => operation.Value!.AsObject())];

        Assert.True(operations.Length > 20);
        Assert.All(operations, operation => Assert.NotEmpty((string?)operation["summary"] ?? ""));
        Assert.Equal(
            operations.Length, operations.Select(operation => (string?)operation["operationId"]).Distinct().Count(id => id is not null));
    }

    [Fact]
    public async Task Document_PassesTheLinter()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, (await DocumentAsync()).ToJsonString(Indented));

        (int exitCode, string output) = await NodeProgram.RunToolAsync(
            "node_modules/@redocly/cli/bin/cli.js", "lint", file, "--config", "redocly.yaml");

        Assert.True(exitCode == 0, output);
        File.Delete(file);
    }

    [Fact]
    public async Task Linter_FindsWhatIsWrong()
    {
        JsonNode document = await DocumentAsync();
        JsonObject operation = document["paths"]!["/api/jobs/{id}"]!["get"]!.AsObject();
        _ = operation.Remove("summary");
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, document.ToJsonString());

        (int exitCode, string output) = await NodeProgram.RunToolAsync(
            "node_modules/@redocly/cli/bin/cli.js", "lint", file, "--config", "redocly.yaml");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("operation-summary", output, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Reference_IsAPage() => Assert.Contains(
        "<html", await fixture.Http.GetStringAsync(new Uri("reference", UriKind.Relative)), StringComparison.OrdinalIgnoreCase);

    private async Task<JsonNode> DocumentAsync() =>
        JsonNode.Parse(await fixture.Http.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative)))!;
}
