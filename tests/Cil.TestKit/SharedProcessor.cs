using System.Runtime.CompilerServices;
using Cil.Diffusion.Devices;

namespace Cil.TestKit;

/// <summary>Tests compute beside other programs: their OpenMP threads are not to spin for what others could use.</summary>
internal static class SharedProcessor
{
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "It holds for every test of the process.")]
    internal static void Share()
    {
        // Tests that compute nothing have no libtorch beside them.
        if (File.Exists(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so"))) _ = SpinThrottle.Watch();
    }
}
