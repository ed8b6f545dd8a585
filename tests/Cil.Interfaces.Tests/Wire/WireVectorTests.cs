using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Cil.Interfaces.Tests.Wire;

/// <summary>
/// Messages and calls as versions that were released have sent them, read by this one: silos of two versions talk to each other while one
/// replaces the other. When one is not read as it was written, do not change the vectors: a member's number, type or meaning was
/// changed, or one was taken away. Undo that and put a new member or call beside the old one. A vector may go only when no cluster of its
/// version is to be upgraded from any more.
/// For a release, write its vectors with
/// <c>CIL_WIRE_VECTORS=vectors-VERSION.txt dotnet test tests/Cil.Interfaces.Tests --filter FullyQualifiedName~WireVector</c>.
/// </summary>
public sealed class WireVectorTests
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private static Serializer<object> Serializer => Services.GetRequiredService<Serializer<object>>();

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Wire");

    public static TheoryData<string> Versions => [.. Directory.GetFiles(Folder, "vectors-*.txt").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Versions))]
    public void WireVectors_OfAVersionBefore_AreReadAsTheyWereWritten(string version)
    {
        (string Name, byte[] Sent, string[] Lines)[] vectors = [.. Read(Path.Combine(Folder, version))];
        Assert.NotEmpty(vectors);
        var bad = new List<string>();
        foreach ((string name, byte[] sent, string[] lines) in vectors)
        {
            try
            {
                // Members that are new have no line there.
                string[] missing = [.. lines.Except(WireSample.Lines(Serializer.Deserialize(sent)))];
                if (missing.Length > 0) bad.Add($"{name}: not read: {string.Join("; ", missing)}");
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                bad.Add($"{name}: {error.Message}");
            }
        }

        Assert.True(bad.Count == 0, $"read the summary of {nameof(WireVectorTests)}:\n{string.Join('\n', bad)}");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Call_ThatAVersionBeforeDoesNotKnow_HasRaisedItsGrainsVersion(string version)
    {
        Dictionary<string, int> before = Read(Path.Combine(Folder, version)).Select(vector => Call(vector.Name)).OfType<(string, int)>()
            .ToDictionary(call => call.Item1, call => call.Item2, StringComparer.Ordinal);

        // Otherwise the call may reach a silo of the version before: give the interface the next [Version].
        string[] unraised = [.. WireSample.Types.Select(pair => Call(pair.Name)).OfType<(string Name, int Version)>()
            .Where(call => !before.ContainsKey(call.Name))
            .Where(call => before.Any(other => Grain(other.Key) == Grain(call.Name) && other.Value >= call.Version))
            .Select(call => call.Name)];

        Assert.Empty(unraised);
    }

    [Fact]
    public void WireVectors_OfThisVersion_AreReadAsTheyWereWritten()
    {
        var text = new StringBuilder();
        foreach ((string name, Type type) in WireSample.Types)
        {
            object sample = WireSample.Of(type);
            byte[] sent = Serializer.SerializeToArray(sample);
            string[] lines = [.. WireSample.Lines(sample)];
            Assert.Equal(lines, WireSample.Lines(Serializer.Deserialize(sent)));
            _ = text.Append(name).Append('\n').Append("  = ").Append(Convert.ToBase64String(sent)).Append('\n');
            foreach (string line in lines) _ = text.Append("  ").Append(line).Append('\n');
        }

        if (Environment.GetEnvironmentVariable("CIL_WIRE_VECTORS") is { Length: > 0 } file) File.WriteAllText(file, text.ToString());
    }

    private static (string Name, int Version)? Call(string name) =>
        name.Split(' ') is [var call, var version] ? (call, int.Parse(version, CultureInfo.InvariantCulture)) : null;

    private static string Grain(string call) => call[..call.LastIndexOf('.')];

    private static IEnumerable<(string Name, byte[] Sent, string[] Lines)> Read(string file)
    {
        string[] lines = File.ReadAllLines(file);
        for (int first = 0; first < lines.Length;)
        {
            int next = first + 1;
            while (next < lines.Length && lines[next].StartsWith("  ", StringComparison.Ordinal)) next++;
            byte[] sent = Convert.FromBase64String(lines[first + 1]["  = ".Length..]);
            yield return (lines[first], sent, [.. lines[(first + 2)..next].Select(line => line[2..])]);
            first = next;
        }
    }
}
