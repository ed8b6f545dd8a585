using System.Reflection;

namespace Cil.Architecture.Tests;

/// <summary>Which project may use which (docs/architecture.md), as the compiled assemblies say.</summary>
public sealed class RoomTests
{
    [Theory]
    [InlineData("Cil.Interfaces", "")]
    [InlineData("Cil.Storage", "")]
    [InlineData("Cil.Media", "")]
    [InlineData("Cil.Diffusion", "Cil.Media")]
    [InlineData("Cil.Training", "Cil.Diffusion Cil.Media")]
    [InlineData("Cil.Evaluation", "Cil.Diffusion Cil.Media Cil.Training")]
    [InlineData("Cil.Grains", "Cil.Interfaces Cil.Storage")]
    [InlineData("Cil.Rendering", "Cil.Diffusion Cil.Grains Cil.Interfaces Cil.Media Cil.Storage")]
    [InlineData("Cil.Client", "Cil.Interfaces")]
    [InlineData("Cil.Api", "Cil.Client Cil.Interfaces Cil.Storage")]
    [InlineData("Cil.Silo", "Cil.Api Cil.Client Cil.Diffusion Cil.Grains Cil.Interfaces Cil.Media Cil.Rendering Cil.Storage")]
    public void Project_UsesOnlyTheProjectsItMay(string project, string mayUse)
    {
        string[] allowed = mayUse.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        IEnumerable<string> used = References(project).Where(name => name.StartsWith("Cil.", StringComparison.Ordinal));

        Assert.Empty(used.Except(allowed));
    }

    [Theory]
    [InlineData("Cil.Interfaces")]
    [InlineData("Cil.Storage")]
    [InlineData("Cil.Media")]
    [InlineData("Cil.Grains")]
    [InlineData("Cil.Client")]
    [InlineData("Cil.Api")]
    public void Grid_NeverTouchesTensors(string project) => Assert.DoesNotContain("TorchSharp", References(project));

    [Theory]
    [InlineData("Cil.Media")]
    [InlineData("Cil.Diffusion")]
    [InlineData("Cil.Training")]
    [InlineData("Cil.Evaluation")]
    public void Models_KnowNoGrainAndNoHost(string project) => Assert.DoesNotContain(
        References(project),
        name => name.StartsWith("Orleans", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal));

    private static IEnumerable<string> References(string project) =>
        Assembly.Load(project).GetReferencedAssemblies().Select(reference => reference.Name!);
}
