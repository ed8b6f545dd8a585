using Orleans.Runtime;

namespace Orleans;

/// <summary>What every grain interface derives from, through one of the interfaces that name its kind of key.</summary>
public interface IGrain : IAddressable;
