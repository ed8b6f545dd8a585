namespace Cil.Media.Clips;

/// <summary>A folder of clips is not what it should be; the message lists what.</summary>
public sealed class ClipListException(string message) : Exception(message);
