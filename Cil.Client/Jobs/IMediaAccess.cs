namespace Cil.Client.Jobs;

/// <summary>How a client inside the cluster reaches media: they never travel in messages.</summary>
public interface IMediaAccess
{
    Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken);
}
