using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>Runs the calling thread in inference mode until it is disposed there.</summary>
internal sealed class InferenceMode(bool mode) : IDisposable
{
    private nint guard = Native.Checked(Native.cil_inference_mode_enter(mode ? 1 : 0));

    public static bool IsEnabled => Native.cil_inference_mode() != 0;

    public void Dispose()
    {
        nint held = Interlocked.Exchange(ref guard, 0);
        if (held != 0) Native.cil_inference_mode_leave(held);
    }
}
