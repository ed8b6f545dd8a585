namespace System.Runtime.CompilerServices;

/// <summary>Known to the runtime by this name: the assembly that bears it may use internal members of another.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
