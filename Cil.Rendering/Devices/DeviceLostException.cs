namespace Cil.Rendering.Devices;

/// <summary>A service has ended because one of its devices computes no more in this process; another process may well use it.</summary>
public sealed class DeviceLostException(string message) : Exception(message);
