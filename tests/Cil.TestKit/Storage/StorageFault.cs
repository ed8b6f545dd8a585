namespace Cil.TestKit.Storage;

/// <summary>What goes wrong with one request to a storage service.</summary>
internal enum StorageFault
{
    None,

    /// <summary>It is refused and not done.</summary>
    Refused,

    /// <summary>It is done, and its answer is lost with the connection.</summary>
    AnswerLost,

    /// <summary>It is done twice, as if a machine between had sent it again; the second one's answer is given.</summary>
    Twice,

    /// <summary>It is done after a while.</summary>
    Slow,

    /// <summary>It is not done and never answered.</summary>
    Hangs,
}
