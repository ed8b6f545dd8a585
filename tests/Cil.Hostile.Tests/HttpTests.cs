using Cil.Hostile.Tests.Http;

namespace Cil.Hostile.Tests;

/// <summary>
/// Requests changed at random: each is answered within 5 s, in words where it is refused, with nothing of the service's
/// insides, and nothing is stored of what was refused.
/// </summary>
public sealed class HttpTests
{
    private const int NotImplemented = 501, VersionNotSupported = 505;

    [Fact]
    public Task Forms() => BodiesAsync("forms", 800, HttpTargets.Forms);

    [Fact]
    public Task Json() => BodiesAsync("json", 800, HttpTargets.Jsons);

    [Fact]
    public async Task Headers()
    {
        await using HostileService service = await HostileService.StartAsync();
        await HostileRun.RunAsync("headers", 800, HttpTargets.Requests, async input =>
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            IReadOnlyList<(int Status, byte[] Body)> answers = await RawRequest.SendAsync(service.Address, input, limit.Token);
            foreach ((int status, byte[] body) in answers)
            {
                // What is no HTTP the server refuses without a body, before anything of the service has seen it.
                if (body.Length > 0 || status is not (400 or 408 or 411 or 413 or 414 or 431 or NotImplemented or VersionNotSupported))
                    service.Require(status, body.Length == 0 ? [0] : body);
            }

            await service.RequireOnlyJobsStoredAsync();

            return answers.Count == 0 ? "closed" : $"{answers[0].Status}";
        });
    }

    private static async Task BodiesAsync(string kind, int count, IReadOnlyList<FormTarget> targets)
    {
        await using HostileService service = await HostileService.StartAsync();
        await HostileRun.RunAsync(
            kind,
            count,
            [.. targets.Select(target => target.Body)],
            (input, whole) => service.SendAsync(targets[whole].Method, targets[whole].Path, targets[whole].ContentType, input));
    }
}
