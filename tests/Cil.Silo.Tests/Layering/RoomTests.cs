using System.Reflection;

namespace Cil.Silo.Tests.Layering;

/// <summary>Which room may use which (docs/architecture.md): the compiler cannot hold these lines, so a test does.</summary>
public sealed class RoomTests
{
    [Theory]
    [InlineData("Cil.Interfaces", "")]
    [InlineData("Cil.Storage", "")]
    [InlineData("Cil.Diffusion", "")]
    [InlineData("Cil.Grains", "Cil.Interfaces Cil.Storage")]
    [InlineData("Cil.Silo", "Cil.Client Cil.Diffusion Cil.Grains Cil.Interfaces Cil.Storage")]
    public void Room_UsesOnlyTheRoomsItMay(string room, string mayUse)
    {
        string[] allowed = mayUse.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        IEnumerable<string> used = References(room).Where(name => name.StartsWith("Cil.", StringComparison.Ordinal));

        Assert.Empty(used.Except(allowed));
    }

    [Theory]
    [InlineData("Cil.Interfaces")]
    [InlineData("Cil.Storage")]
    [InlineData("Cil.Grains")]
    public void Grid_NeverTouchesTensors(string room) => Assert.DoesNotContain("TorchSharp", References(room));

    [Fact]
    public void Diffusion_KnowsNoGrainAndNoHost() => Assert.DoesNotContain(
        References("Cil.Diffusion"),
        name => name.StartsWith("Orleans", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal));

    private static IEnumerable<string> References(string room) =>
        Assembly.Load(room).GetReferencedAssemblies().Select(reference => reference.Name!);
}
