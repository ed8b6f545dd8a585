using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;

namespace Cil.Cli.Tests.Webhooks;

/// <summary>`cil webhooks` against a running service.</summary>
public sealed class WebhooksTests : IDisposable
{
    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-webhooks-cli-").FullName;

    [Fact]
    public async Task Webhooks_AreMadeListedRotatedAndDeleted()
    {
        await using CilService service = await CilService.StartAsync(
            new ServiceOptions
            {
                Data = folder, Models = [model.Folder], Url = "http://127.0.0.1:0",
                Name = "one", DrainSeconds = 0, Planning = new() { Threads = 1 },
            });

        string[] created = (await DoneAsync("create", "https://hooks.example.org/cil", "--name", "mine", "--data", folder)).Split('\n');
        string id = created[0].Split(' ')[0], secret = created[1];
        string listed = await DoneAsync("list", "--data", folder),
            rotated = await DoneAsync("rotate", id, "--keep-old", "--url", service.Url);
        string deleted = await DoneAsync("delete", id, "--url", service.Url), none = await DoneAsync("list", "--url", service.Url);

        Assert.Equal($"{id} https://hooks.example.org/cil video.completed,video.failed: mine\n", listed);
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.StartsWith("whsec_", rotated.Split('\n')[1], StringComparison.Ordinal);
        Assert.NotEqual(secret, rotated.Split('\n')[1]);
        Assert.Equal(($"{id}: deleted\n", "no webhook endpoints\n"), (deleted, none));
        CilProgram.Outcome refused = await CilProgram.RunAsync(
            folder, "webhooks", "create", "http://10.0.0.1/", "--events", "video.begun", "--url", service.Url);
        Assert.Equal(
            (1, "cil: 400: url: expected an address that begins with https://, got 'http://'; event_types: one or more of "
                + "video.completed, video.failed; got 'video.begun'\n"),
            (refused.ExitCode, refused.Errors));
    }

    [Fact]
    public async Task Webhooks_OfAFolderThatNoServiceRunsOn_SaySo()
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, "webhooks", "list", "--data", folder);

        Assert.Equal((2, $"cil: --data: no service runs on {folder}\n"), (outcome.ExitCode, outcome.Errors));
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, ["webhooks", .. arguments]);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        return outcome.Output;
    }
}
