using Cil.Client.Jobs;
using Cil.Media.Images;
using Cil.Media.Processes;

namespace Cil.Silo.Media;

/// <summary>Decodes a picture once and keeps nothing of it.</summary>
internal sealed class PictureCheck : IPictureCheck
{
    public async Task<string?> ErrorAsync(Upload picture, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream content = picture.Open();
            await ImageDecoder.CheckAsync(content, cancellationToken);
            return null;
        }
        catch (MediaException error)
        {
            return error.Message;
        }
    }
}
