using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Cli.Tests.Checks;

/// <summary>`cil check`: what it says and how it ends.</summary>
public sealed class CheckTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cil-check-").FullName;

    [Fact]
    public async Task Check_AFolderThatCannotBeRead_GoesOnWithTheOthers()
    {
        string known = Sigmas(); // what it holds is wrong, and so compared
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, "check", "nowhere", known);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("nowhere: there is no such folder", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("FAILED", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await CilProgram.RunAsync(folder, "check", known)).ExitCode);
    }

    [Fact]
    public async Task Check_OnADeviceThatIsNotThere_SaysWhichAre()
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, "check", Sigmas(), "--device", "cuda:77");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--device: expected cpu", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("got 'cuda:77'", outcome.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Sigmas()
    {
        string path = Directory.CreateDirectory(Path.Combine(folder, "euler")).FullName;
        File.WriteAllText(Path.Combine(path, "config.json"), """
            {"_class_name": "EulerDiscreteScheduler", "prediction_type": "v_prediction", "timestep_type": "continuous",
             "use_karras_sigmas": true, "sigma_min": 0.002, "sigma_max": 700.0}
            """);
        using Tensor wrong = ones(6);
        SafetensorsWriter.Save(Path.Combine(path, "io.safetensors"), [("sigma_max700.steps5.sigmas", wrong)]);
        return path;
    }
}
