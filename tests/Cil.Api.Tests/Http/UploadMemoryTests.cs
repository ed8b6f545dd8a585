using System.Globalization;
using System.Net;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;

namespace Cil.Api.Tests.Http;

/// <summary>Uploads go to the disk as they come in.</summary>
public sealed class UploadMemoryTests : IDisposable
{
    private const int Uploads = 16, Mebibyte = 1 << 20, UploadBytes = 60 * Mebibyte, MostBytes = 500 * Mebibyte;

    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-upload-test-").FullName;

    [Fact]
    public async Task SixteenUploadsAtOnce_AreAcceptedInTheMemoryOfAFew()
    {
        // A picture with much behind its end, which readers of PNG pass over.
        string picture = Path.Combine(folder, "picture.png");
        await using (FileStream file = File.Create(picture))
        {
            file.Write(PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
            file.SetLength(UploadBytes);
        }

        await using CilService service = await CilService.StartAsync(new ServiceOptions
        {
            Data = Path.Combine(folder, "data"), Models = [model.Folder],
            Url = "http://127.0.0.1:0", Name = "uploads", Devices = 0, DrainSeconds = 0,
        });
        using var http = new HttpClient { BaseAddress = new Uri(service.Url) };
        Assert.Equal(HttpStatusCode.Created, await SendAsync(http, picture));
        GC.Collect();
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        long before = Status("VmHWM:");

        HttpStatusCode[] answers = await Task.WhenAll(Enumerable.Range(0, Uploads).Select(_ => SendAsync(http, picture)));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.Created, status));
        long more = Status("VmHWM:") - before;
        Assert.True(more < MostBytes, $"at most {MostBytes >> 20} MiB more, got {more >> 20}");
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient http, string picture)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("a thing"), "prompt" }, { new StreamContent(File.OpenRead(picture)), "image", "picture.png" },
        };
        using HttpResponseMessage answer = await http.PostAsync(new Uri("api/jobs", UriKind.Relative), form);
        return answer.StatusCode;
    }

    // In bytes; the kernel counts in KiB.
    private static long Status(string field) => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..^"kB".Length],
        NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) << 10;
}
