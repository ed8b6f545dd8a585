using System.Text;
using Cil.Build;
using TorchSharp;

namespace Cil.Diffusion.Tests.Packages;

public sealed class TorchSharpLifetimesTests
{
    [Fact]
    public void Output_KeepsEveryArgumentAlive()
    {
        using FileStream assembly = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll"));

        Assert.Empty(TorchSharpLifetimes.Careless(assembly));
    }

    [Fact]
    public void KeepAlive_OfTorchSharpAsItIsPublished_LeavesNoMethodThatLetsGo()
    {
        using var published = new MemoryStream(File.ReadAllBytes(Published));
        IReadOnlyList<string> careless = TorchSharpLifetimes.Careless(published);
        Assert.Contains(careless, method => method.Contains("Tensor::add(TorchSharp.Scalar,TorchSharp.Scalar)", StringComparison.Ordinal));
        using var changed = new MemoryStream();
        published.Position = 0;

        Assert.Equal(careless.Count, TorchSharpLifetimes.KeepAlive(published, changed));

        changed.Position = 0;
        Assert.Empty(TorchSharpLifetimes.Careless(changed));
    }

    [Fact]
    public void KeepAlive_OfAnotherAssembly_SaysWhatItExpected()
    {
        using FileStream assembly = File.OpenRead(typeof(TorchSharpLifetimesTests).Assembly.Location);
        using var changed = new MemoryStream();

        Assert.Contains(
            "expected TorchSharp with its type Scalar, got Cil.Diffusion.Tests",
            Assert.Throws<InvalidDataException>(() => TorchSharpLifetimes.KeepAlive(assembly, changed)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void KeepAlive_OfWhatIsNoAssembly_SaysWhatItExpected()
    {
        using var text = new MemoryStream(Encoding.ASCII.GetBytes("no assembly at all"));
        using var changed = new MemoryStream();

        Assert.Contains(
            "expected a .NET assembly",
            Assert.Throws<InvalidDataException>(() => TorchSharpLifetimes.KeepAlive(text, changed)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Sum_WhileTheCollectorRuns_IsThatOfTheNumbersGiven()
    {
        // As it is published some tens of these fail: "Unknown scalar type", "Expected false to be true".
        bool isDone = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                GC.Collect(0);
                Thread.SpinWait(2000);
            }
        });
        collector.Start();
        try
        {
            using torch.Tensor three = torch.full([8], 3.0);
            for (int i = 0; i < 100_000; i++)
            {
                using torch.Tensor sum = three + i;
                if (i % 1000 == 0) Assert.Equal(3 + i, sum[0].item<float>());
            }
        }
        finally
        {
            Volatile.Write(ref isDone, true);
            collector.Join();
        }
    }

    private static string Published => Path.Combine(AppContext.BaseDirectory, "Packages", "TorchSharp.published.dll");
}
