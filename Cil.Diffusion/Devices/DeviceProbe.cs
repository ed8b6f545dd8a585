using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Devices;

/// <summary>Whether a device still computes.</summary>
public static class DeviceProbe
{
    /// <summary>
    /// Adds one and one there. After an error inside a kernel (an address that is not the process's, a failed assertion, a fault
    /// of the memory) every later call to CUDA fails in that process; after one that only refused the call, it does not.
    /// </summary>
    /// <returns>Why it does not compute, or null when it does. Too little memory is no fault of the device.</returns>
    public static string? Fault(Device device)
    {
        try
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor two = ones(1, device: device).add(1);
            float sum = two.cpu().item<float>();
            return sum == 2 ? null : $"1 + 1 is {sum} there";
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return DeviceMemory.IsExhausted(error) ? null : error.Message;
        }
    }
}
