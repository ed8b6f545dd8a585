using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cil.Silo.Hosting;

namespace Cil.Hostile.Tests;

/// <summary>
/// Every kind of file below a data folder, flipped, cut or replaced: the damage costs its own job at most, is answered in
/// words, and can be deleted.
/// </summary>
public sealed class StoredFilesTests(StoredGrid grid) : IClassFixture<StoredGrid>
{
    // What a service stores. A kind that is new belongs here, and is damaged with the others.
    private static readonly string[] Kinds =
    [
        @"^\.lock$", @"^\.locks/\d+$", @"^\.services/\w+\.lock$", @"^cancelled/\d+\.early$",
        @"^cookies/\w+\.xml$", @"^index/\d+\.\w+\.\w+$", @"^jobs/\w+/input\.\w+$", @"^jobs/\w+/poster\.png$",
        @"^jobs/\w+/preview\.png$", @"^jobs/\w+/provenance\.json$", @"^jobs/\w+/request\.json$",
        @"^jobs/\w+/statistics\.\w+\.safetensors$", @"^jobs/\w+/video\.mp4$",
        @"^jobs/\w+/work/\d+\.\d+\.rgb24$", @"^jobs/\w+/work/\d+\.\d+\.safetensors$", @"^keys/\w+\.json$",
        @"^state/job/\w+\.json$", @"^state/queue/0\.json$", @"^state/statistics/\w+\.json$",
        @"^state/tenant/\w+\.json$", @"^statistics/\w+/statistics\.safetensors$", @"^unfinished/\w+$",
    ];

    public static TheoryData<string, bool> Damages
    {
        get
        {
            var damages = new TheoryData<string, bool>();
            foreach (string damage in (string[])["flipped", "cut", "emptied", "foreign"])
                foreach (bool state in (bool[])[true, false]) damages.Add(damage, state);
            return damages;
        }
    }

    [Fact]
    public void DataFolder_HasTheKindsThatAreDamagedHereAndNoOthers()
    {
        string folder = grid.Copy();
        string[] files = [.. Files(folder)];

        Assert.All(files, file => Assert.True(Kinds.Any(kind => Regex.IsMatch(file, kind)), $"{file}: of no known kind"));
        Assert.All(Kinds, kind => Assert.True(files.Any(file => Regex.IsMatch(file, kind)), $"{kind}: no such file"));
    }

    // State in one run and everything else in another: a job whose state is damaged reads nothing else.
    [Theory]
    [MemberData(nameof(Damages))]
    public async Task EveryFile_Damaged_CostsItsOwnJobAtMost(string damage, bool state)
    {
        string folder = grid.Copy();
        foreach (string file in Files(folder).Where(
            file => file.StartsWith("state/", StringComparison.Ordinal) == state && !IsSound(folder, file)))
        {
            Do(damage, Path.Combine(folder, file));
        }

        await using CilService service = await grid.StartAsync(folder);
        using HttpClient http = grid.Client(service);

        string[] hurt = [.. grid.Finished, .. grid.Unfinished];
        foreach (string job in hurt) await AnswersAsync(http, job);
        JsonElement listed = await http.GetFromJsonAsync<JsonElement>(new Uri("api/jobs?limit=100", UriKind.Relative));
        Assert.Equal(
            [.. hurt.Append(grid.Sound).Order()],
            listed.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()!).Order());
        Assert.Equal("completed", (await StoredGrid.EndAsync(http, grid.Sound)).GetProperty("state").GetString());
        Assert.Equal("ftyp"u8.ToArray(), (await http.GetByteArrayAsync(new Uri($"api/jobs/{grid.Sound}/video", UriKind.Relative)))[4..8]);
        foreach (string job in grid.Unfinished)
        {
            using HttpResponseMessage resumed = await http.PostAsync(new Uri($"api/jobs/{job}/unpause", UriKind.Relative), null);
            // One whose state is damaged has failed, and cannot be resumed.
            Assert.Equal(state ? HttpStatusCode.Conflict : HttpStatusCode.OK, resumed.StatusCode);
            JsonElement end = await StoredGrid.EndAsync(http, job);
            Assert.True(
                end.GetProperty("state").GetString() == "completed"
                    || end.GetProperty("error").GetProperty("message").GetString()!.Length > 0,
                $"{end}");
        }

        string after = await StoredGrid.SubmitAsync(http, [("steps", "1")]);
        Assert.Equal("completed", (await StoredGrid.EndAsync(http, after)).GetProperty("state").GetString());
        using HttpResponseMessage ready = await http.GetAsync(new Uri("health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        foreach (string job in hurt)
        {
            using HttpResponseMessage deleted = await http.DeleteAsync(new Uri($"api/jobs/{job}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
            Assert.DoesNotContain(Files(folder), file => file.Contains(job, StringComparison.Ordinal));
        }
    }

    // Whatever is asked of a damaged job is answered in words, and never by a failure of the service.
    private async Task AnswersAsync(HttpClient http, string job)
    {
        foreach (string address in (string[])
            [$"api/jobs/{job}", $"api/jobs/{job}/video", $"api/jobs/{job}/poster", $"api/jobs/{job}/preview", $"api/jobs/{job}/image",
            $"api/jobs/{job}/details", $"api/jobs/{job}/why", $"v1/videos/{job}", $"v1/videos/{job}/content",
            $"v1/videos/{job}/content?variant=thumbnail", $"v1/videos/{job}/content?variant=spritesheet",
            $"api/statistics/{grid.StatisticsId}", "api/queue", "api/tenants", "v1/videos", "health/live"])
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(address, UriKind.Relative));
            Assert.True((int)answer.StatusCode < 500, $"{address}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }

        using var form = new MultipartFormDataContent { { new StringContent("a thing"), "prompt" } };
        using HttpResponseMessage remix = await http.PostAsync(new Uri($"v1/videos/{job}/remix", UriKind.Relative), form);
        Assert.True((int)remix.StatusCode < 500, $"remix: {(int)remix.StatusCode} {await remix.Content.ReadAsStringAsync()}");
        if (remix.IsSuccessStatusCode)
        {
            _ = await http.DeleteAsync(new Uri(
                $"api/jobs/{(await remix.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()}", UriKind.Relative));
        }

        using var extension = new MultipartFormDataContent
        {
            { new StringContent("a thing"), "prompt" }, { new StringContent(job), "video[id]" },
        };
        using HttpResponseMessage extended = await http.PostAsync(new Uri("v1/videos/extensions", UriKind.Relative), extension);
        Assert.True((int)extended.StatusCode < 500, $"extension: {(int)extended.StatusCode} {await extended.Content.ReadAsStringAsync()}");
        if (extended.IsSuccessStatusCode)
        {
            _ = await http.DeleteAsync(new Uri(
                $"api/jobs/{(await extended.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()}", UriKind.Relative));
        }
    }

    // The sound job's, and the key that the test asks with.
    private bool IsSound(string folder, string file) => file.Contains(grid.Sound, StringComparison.Ordinal)
        || (file.StartsWith("keys/", StringComparison.Ordinal)
            && File.ReadAllText(Path.Combine(folder, file)).Contains("\"sound\"", StringComparison.Ordinal));

    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file));

    private static void Do(string damage, string file)
    {
        byte[] content = File.ReadAllBytes(file);
        if (damage == "flipped" && content.Length > 0) content[content.Length / 2] ^= 4;
        File.WriteAllBytes(file, damage switch
        {
            "flipped" => content,
            "cut" => content[..(content.Length / 2)],
            "emptied" => [],
            _ => "<html>not ours</html>"u8.ToArray(),
        });
    }
}
