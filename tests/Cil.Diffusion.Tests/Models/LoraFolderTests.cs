using Cil.Diffusion.Checkpoints.Lora;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.TestKit.Models;

namespace Cil.Diffusion.Tests.Models;

public sealed class LoraFolderTests : IDisposable
{
    private static readonly LoraEntry First = new() { File = "first.safetensors" },
        Second = new() { File = "second.safetensors", Weight = 2 };

    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-lora-").FullName;

    [Fact]
    public void Write_LinksTheModelsFiles_ButNotWhatIsSaidOfIt()
    {
        foreach (string name in (string[])[LeakageCurve.FileName, "README.md", "sheet.png", "loss.svg"])
            File.WriteAllText(Path.Combine(model.Folder, name), "of the model");
        ModelManifest manifest = ModelFolder.Read(model.Folder);

        LoraFolder.Write(folder, model.Folder, manifest with { Name = "with one" }, [First]);
        // Again, as a trainer that goes on does.
        LoraFolder.Write(folder, model.Folder, manifest with { Name = "with one" }, [First]);

        string[] linked = [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Contains(manifest.WeightFiles[0], linked);
        Assert.DoesNotContain(LeakageCurve.FileName, linked);
        Assert.All(linked, name => Assert.DoesNotContain(Path.GetExtension(name), (string[])[".md", ".png", ".svg"]));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(model.Folder, manifest.WeightFiles[0])),
            File.ReadAllBytes(Path.Combine(folder, manifest.WeightFiles[0])));
        Assert.Equal("with one", ModelFolder.Read(folder).Name);
    }

    [Fact]
    public void Write_OnAModelWithLoras_KeepsThemAndAddsTheNewOnes()
    {
        LoraFolder.Write(folder, model.Folder, ModelFolder.Read(model.Folder) with { Loras = [First] }, [Second]);

        Assert.Equal([First, Second], ModelFolder.Read(folder).Loras);
    }

    [Fact]
    public void Write_WhereTheModelHasAFileOfTheLorasName_LeavesTheModelsAlone()
    {
        string theirs = Path.Combine(model.Folder, First.File), ours = Path.Combine(folder, First.File);
        File.WriteAllText(theirs, "the model's");

        LoraFolder.Write(folder, model.Folder, ModelFolder.Read(model.Folder), [First]);
        File.WriteAllText(ours, "ours");

        Assert.Equal("the model's", File.ReadAllText(theirs));
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
