using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>Switches the recording of gradients on the calling thread until it is disposed there.</summary>
internal sealed class AutoGradMode : IDisposable
{
    private readonly bool before = IsEnabled;

    public AutoGradMode(bool enabled) => Native.cil_set_grad_mode(enabled ? 1 : 0);

    public static bool IsEnabled => Native.cil_grad_mode() != 0;

    public void Dispose() => Native.cil_set_grad_mode(before ? 1 : 0);
}
