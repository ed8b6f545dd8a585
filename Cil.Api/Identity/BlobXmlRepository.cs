using System.Text;
using System.Xml.Linq;
using Cil.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Cil.Api.Identity;

/// <summary>
/// What cookies are sealed with, in storage: whoever signed in at one coordinator is known at the others, and after a
/// restart.
/// </summary>
internal sealed class BlobXmlRepository(IBlobStore blobs) : IXmlRepository
{
    private const string Folder = "cookies/", Ending = ".xml";

    public IReadOnlyCollection<XElement> GetAllElements() => Task.Run(ReadAsync).GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(
            () => blobs.PutAsync(
                $"{Folder}{Guid.NewGuid():N}{Ending}", Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting))))
            .GetAwaiter()
            .GetResult();

    private async Task<List<XElement>> ReadAsync()
    {
        var elements = new List<XElement>();
        await foreach (string name in blobs.ListAsync(Folder))
        {
            if (await blobs.GetAsync(name) is not { } blob) continue;
            try
            {
                elements.Add(XElement.Parse(Encoding.UTF8.GetString(blob.Content.Span)));
            }
            catch (System.Xml.XmlException)
            {
                // A damaged one seals nothing: whoever it knew signs in again.
            }
        }

        return elements;
    }
}
