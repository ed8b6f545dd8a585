namespace Cil.Silo.Outbound;

/// <summary>A host has no address that may be reached.</summary>
internal sealed class AddressRefusedException(string message) : IOException(message);
