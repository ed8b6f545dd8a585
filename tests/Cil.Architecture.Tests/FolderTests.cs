using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnit;

namespace Cil.Architecture.Tests;

/// <summary>Inside a project a folder is a namespace, and no two of them need each other.</summary>
public sealed class FolderTests
{
    [Theory]
    [InlineData("Cil.Interfaces")]
    [InlineData("Cil.Storage")]
    [InlineData("Cil.Grains")]
    [InlineData("Cil.Media")]
    [InlineData("Cil.Diffusion")]
    [InlineData("Cil.Training")]
    [InlineData("Cil.Evaluation")]
    [InlineData("Cil.Rendering")]
    [InlineData("Cil.Client")]
    [InlineData("Cil.Api")]
    [InlineData("Cil.Silo")]
    public void Folders_HaveNoCycle(string project)
    {
        ArchUnitNET.Domain.Architecture architecture = new ArchLoader().LoadAssembly(System.Reflection.Assembly.Load(project)).Build();

        SliceRuleDefinition.Slices().MatchingWithPackages($"{project}.(**)").Should().BeFreeOfCycles().Check(architecture);
    }
}
