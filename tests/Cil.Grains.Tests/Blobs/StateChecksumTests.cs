using System.Text;
using System.Text.Json;
using Cil.Grains.Blobs;

namespace Cil.Grains.Tests.Blobs;

public sealed class StateChecksumTests
{
    private static readonly byte[] Json = JsonSerializer.SerializeToUtf8Bytes(new { Seed = 12345, Prompt = "a ball rolls" });

    [Fact]
    public void Checksum_IsOneMoreProperty()
    {
        JsonElement read = JsonSerializer.Deserialize<JsonElement>(StateChecksum.Add(Json));

        Assert.Equal(["Seed", "Prompt", "Checksum"], read.EnumerateObject().Select(property => property.Name));
        Assert.Equal(12345, read.GetProperty("Seed").GetInt32());
    }

    [Fact]
    public void Bytes_WithoutAChecksum_AreTakenAsTheyAre() => Assert.True(StateChecksum.Holds(Json) && StateChecksum.Holds([]));

    [Fact]
    public void Checksum_OfWhatWasChangedAnywhere_DoesNotHoldOrTheContentIsAsItWas()
    {
        byte[] whole = StateChecksum.Add(Json);
        Assert.True(StateChecksum.Holds(whole));
        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            if (!StateChecksum.Holds(flipped) || !IsJson(flipped)) continue;
            // Only the property's own name may change unnoticed.
            Assert.Equal(Encoding.UTF8.GetString(Json[..^1]), Encoding.UTF8.GetString(flipped[..(Json.Length - 1)]));
        }
    }

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            _ = JsonSerializer.Deserialize<JsonElement>(bytes);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
