using System.Text.Json;
using Cil.Rendering.Chunks;

namespace Cil.Cli.Tests;

/// <summary>`cil keys`: made, listed, revoked.</summary>
public sealed class KeysTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cil-keys-cli-").FullName;

    [Fact]
    public async Task Keys_AreMadeShownOnceListedAndRevoked()
    {
        string key = (await DoneAsync(
            "keys", "create", "--tenant", "studio", "--scopes", "render,read", "--name", "pipeline", "--data", "data")).Trim();
        string id = key.Split('_')[1];

        string listed = await DoneAsync("keys", "list", "--data", "data"),
            revoked = await DoneAsync("keys", "revoke", id, "--data", "data");
        JsonElement after = JsonDocument.Parse(await DoneAsync("keys", "list", "--json", "--data", "data")).RootElement[0];

        Assert.StartsWith("cil_", key, StringComparison.Ordinal);
        Assert.StartsWith($"{id} studio render,read, made ", listed, StringComparison.Ordinal);
        Assert.EndsWith(": pipeline\n", listed, StringComparison.Ordinal);
        Assert.Contains(", revoked ", revoked, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.String, after.GetProperty("revokedAt").ValueKind);
        Assert.DoesNotContain(key.Split('_', 3)[2], listed, StringComparison.Ordinal);
        Assert.False(after.TryGetProperty("hash", out _));
    }

    [Theory]
    [InlineData("--tenant: 1 to 64 letters, digits, '-' or '_'; got 'a/b'", "create", "--tenant", "a/b", "--data", "data")]
    [InlineData(
        "--scopes: one or more of render, read, operator, with commas between; got 'all'",
        "create", "--tenant", "a", "--scopes", "all", "--data", "data")]
    [InlineData("--data: where the service keeps its jobs; neither it nor Cil__Data is given", "list")]
    [InlineData("--data: there is no folder nowhere", "list", "--data", "nowhere")]
    public async Task Mistake_IsNamed(string message, params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, ["keys", .. arguments]);

        Assert.Equal((2, $"cil: {message}\n"), (outcome.ExitCode, outcome.Errors));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<string> DoneAsync(params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        return outcome.Output;
    }
}
