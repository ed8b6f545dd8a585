namespace Cil.Storage;

/// <summary>The folders of a <see cref="FileBlobStore"/>: made when a blob needs one, removed when the last blob has gone.</summary>
internal static class BlobFolders
{
    // A folder that was found empty is removed, and may be just where another thread puts a file: made again so often.
    private const int MostAttempts = 100;

    /// <summary>Does something in a blob's folder, which is made if it is not there.</summary>
    internal static T Within<T>(string file, Func<T> act)
    {
        for (int attempt = 1; ; attempt++)
        {
            string folder = Path.GetDirectoryName(file)!;
            try
            {
                PrivateFolder.Create(folder);
            }
            catch (IOException) when (attempt < MostAttempts && !File.Exists(folder))
            {
                // The same, between two calls that it is made with.
                continue;
            }

            try
            {
                return act();
            }
            catch (Exception error) when (error is DirectoryNotFoundException or FileNotFoundException && attempt < MostAttempts)
            {
                // A folder was removed as empty in between.
            }
        }
    }

    /// <summary>
    /// Removes the folders of a deleted blob that are empty now: else a job that is deleted would leave them for ever. Those
    /// directly below the root stay: they are few.
    /// </summary>
    internal static void DeleteEmpty(string file, string root)
    {
        string folder = Path.GetDirectoryName(file)!;
        while (Path.GetDirectoryName(folder) is { } parent && folder != root && parent != root)
        {
            try
            {
                if (Directory.EnumerateFileSystemEntries(folder).Any()) return;
                Directory.Delete(folder);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Something has been put there, or somebody else has removed it.
                return;
            }

            folder = parent;
        }
    }
}
