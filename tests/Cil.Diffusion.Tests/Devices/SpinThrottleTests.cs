using System.Diagnostics;
using Cil.Diffusion.Devices;

namespace Cil.Diffusion.Tests.Devices;

public class SpinThrottleTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Watch_WhenOtherProgramsTakeTheProcessors_ThrottlesAndResultsStayTheSame()
    {
        using TorchSharp.torch.Tensor left = TorchSharp.torch.randn(200, 300), right = TorchSharp.torch.randn(300, 200);
        using TorchSharp.torch.Tensor before = left.matmul(right);
        using IDisposable watch = SpinThrottle.Watch();
        string[] endless = ["-c", "while :; do :; done"];
        Process[] busy = [.. Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => Process.Start("sh", endless))];
        try
        {
            var waited = Stopwatch.StartNew();
            while (!SpinThrottle.IsThrottled && waited.Elapsed < Timeout) await Task.Yield();
            Assert.True(SpinThrottle.IsThrottled);
            using TorchSharp.torch.Tensor during = left.matmul(right);
            Assert.Equal(before.bytes.ToArray(), during.bytes.ToArray());
        }
        finally
        {
            foreach (Process program in busy)
            {
                program.Kill();
                await program.WaitForExitAsync();
                program.Dispose();
            }
        }
    }
}
