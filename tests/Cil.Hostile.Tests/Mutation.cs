using System.Text;

namespace Cil.Hostile.Tests;

/// <summary>Damage, and what an attacker would put into a file: the same for the same <see cref="Random"/>.</summary>
internal sealed class Mutation(string canary)
{
    private static readonly byte[][] Numbers =
    [
        [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0], [0x80, 0, 0, 0],
        [0, 0, 0, 0x80], "-1"u8.ToArray(), "1e999"u8.ToArray(), "null"u8.ToArray(), "99999999999999999999"u8.ToArray(),
    ];

    // What makes programs open another file: playlists, references of vector graphics, paths in headers.
    private readonly byte[][] baits =
    [
        .. new[]
        {
            $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{canary}\n", $"ffconcat version 1.0\nfile '{canary}'\n",
            $"{canary}\0", $"file:{canary}\n", $"concat:{canary}|{canary}", $"subfile,,start,0,end,0,,:{canary}",
            $"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'><image xlink:href='file://{canary}' "
                + $"width='9' height='9'/></svg>",
            $"<?xml version='1.0'?><MPD><BaseURL>file://{canary}</BaseURL></MPD>",
            $"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file://{canary}'>]><svg>&e;</svg>",
            $"push graphic-context\nimage over 0,0 9,9 '{canary}'\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <param name="whole">A valid file.</param>
    /// <param name="other">Another one, of which parts are put in.</param>
    internal byte[] Of(byte[] whole, byte[] other, Random random)
    {
        // As it is, or the bait alone: both must be told apart from damage.
        if (random.Next(200) == 0) return baits[random.Next(baits.Length)];
        var bytes = new List<byte>(whole);
        for (int times = random.Next(1, 7); times > 0 && bytes.Count > 1; times--)
        {
            // Headers are where lies are believed.
            int at = random.Next(random.Next(2) == 0 ? bytes.Count : Math.Min(64, bytes.Count));
            switch (random.Next(10))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.InsertRange(at, Part(other, random)); break;
                case 3: bytes.RemoveRange(at, Math.Min(random.Next(1, 200), bytes.Count - at)); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                case 5: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 400), bytes.Count - at))); break;
                case 6: Put(bytes, at, Numbers[random.Next(Numbers.Length)]); break;
                case 7: Put(bytes, at, Part(other, random)); break;
                case 8: bytes.InsertRange(at, baits[random.Next(baits.Length)]); break;
                default: Put(bytes, at, baits[random.Next(baits.Length)]); break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Part(byte[] other, Random random)
    {
        int from = random.Next(other.Length);
        return other[from..Math.Min(other.Length, from + random.Next(1, 300))];
    }

    private static void Put(List<byte> bytes, int at, byte[] part)
    {
        for (int i = 0; i < part.Length && at + i < bytes.Count; i++) bytes[at + i] = part[i];
    }
}
