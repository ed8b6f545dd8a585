namespace Orleans.Runtime;

/// <summary>Who sends requests: a silo on behalf of its grains and services, or a client outside the silos.</summary>
internal interface ICaller
{
    /// <summary>The silo that sends, or the one that a client sends through.</summary>
    /// <exception cref="SiloUnavailableException">It is gone.</exception>
    Silo Gateway { get; }

    TimeSpan ResponseTimeout { get; }

    bool WaitForCancellationAcknowledgement { get; }

    IReadOnlyList<IOutgoingGrainCallFilter> OutgoingFilters { get; }
}
