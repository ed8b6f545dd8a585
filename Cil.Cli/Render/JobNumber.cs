using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>The id of a render's job: the same command has the same one, so that it finds what a killed run left.</summary>
internal static class JobNumber
{
    private const int Digits = 16;

    /// <param name="beside">What else makes it another command, such as a search's target.</param>
    internal static string Of(RenderRequest request, byte[] image, byte[]? statistics, string beside = "")
    {
        byte[] content =
        [
            .. JsonSerializer.SerializeToUtf8Bytes(request with { Deadline = null }),
            .. SHA256.HashData(image), .. SHA256.HashData(statistics ?? []), .. Encoding.UTF8.GetBytes(beside),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(content))[..Digits];
    }

    /// <summary>
    /// The first of name, name-2, name-3, … that is not over: a finished job is done with, one that was broken off goes on.
    /// </summary>
    internal static async Task<RenderJobId> FreeAsync(ICilClient client, string? name)
    {
        if (name is null) return RenderJobId.New();
        for (int attempt = 1; ; attempt++)
        {
            var id = new RenderJobId(attempt == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-{attempt}"));
            if (await client.GetAsync(id) is not { IsFinished: true }) return id;
        }
    }
}
