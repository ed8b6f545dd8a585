namespace Cil.Client.Jobs;

/// <summary>How a client inside the cluster reaches media: they never travel in messages.</summary>
public interface IMediaAccess
{
    /// <param name="content">Read piece by piece from its beginning; sought where a piece is sent again.</param>
    Task PutAsync(string name, Stream content, CancellationToken cancellationToken);

    Task<byte[]?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>A blob that is read piece by piece and whose length is known; null when there is none of that name.</summary>
    Task<Stream?> OpenAsync(string name, CancellationToken cancellationToken);
}
