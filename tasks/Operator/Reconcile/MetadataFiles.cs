using System.IO.Abstractions;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;
using StoredFile = Outsource.Model.Reconciling.StoredFile;

namespace Outsource.Operator.Reconcile;

/// <summary>
/// The metadata of datasets: a copy counts only if it has the size and the Adler-32 of Rucio's catalogue, whether it lies with a result on
/// this machine, was kept from an earlier comparison, or is copied from an RSE now. Safe to use from several threads.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">Where copies are kept. Absolute.</param>
/// <param name="store">Copies files from RSEs.</param>
public sealed class MetadataFiles(IFileSystem disk, string folder, IGridStore store) : IDisposable
{
    /// <summary>The folder of the copies.</summary>
    public const string Kept = "metadata";

    /// <summary>Addresses that are tried of one file.</summary>
    private const int MostTries = 3;

    private SemaphoreSlim _places = new(2);
    private int _left = int.MaxValue;

    /// <summary>How many files are copied at a time.</summary>
    public int AtOnce
    {
        init => _places = new SemaphoreSlim(value);
    }

    /// <summary>How many files are copied at most.</summary>
    public int Most
    {
        init => _left = value;
    }

    /// <summary>Whether files of this machine may be named as replicas: by a snapshot, never by a service.</summary>
    public bool TakesFolders { get; init; }

    /// <summary>The metadata of a copy on this machine; null: there is none that is like Rucio's.</summary>
    public DataMetadata? Here(ExpectedData data, StoredFile file)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(file);
        var places = new[] { data.Folder is { } result ? Path.Combine(result, data.MetadataFile) : null, PathOf(data) };
        return places.OfType<string>().Select(p => Read(p, data, file)).FirstOrDefault(m => m is not null);
    }

    /// <summary>The metadata of a replica, copied now; null with the reason, a main clause.</summary>
    public async Task<(DataMetadata? Read, string? Why)> FetchAsync(ExpectedData data, StoredFile file, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(file);
        var addresses = file
            .Addresses.Where(a => file.IsAt(a.Rse) && (TakesFolders || !a.Address.StartsWith("file:", StringComparison.OrdinalIgnoreCase)))
            .Take(MostTries)
            .ToList();
        if (addresses.Count == 0)
        {
            return (null, $"Rucio gives no address from which {data.MetadataFile} can be copied");
        }

        if (file.Bytes is not (>= 0 and <= DataMetadata.Largest))
        {
            return (null, $"{data.MetadataFile} has {file.Bytes?.ToString() ?? "no"} bytes, at most {DataMetadata.Largest} are read");
        }

        if (Interlocked.Decrement(ref _left) < 0)
        {
            return (null, "its metadata was not copied: --metadata allows no more");
        }

        await _places.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Copy(data, file, [.. addresses.Select(a => a.Address)]), cancel).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private (DataMetadata? Read, string? Why) Copy(ExpectedData data, StoredFile file, IReadOnlyList<string> addresses)
    {
        var path = PathOf(data);
        var partial = path + ".part";
        var why = "";
        foreach (var address in addresses)
        {
            try
            {
                OwnedFile.MakeFolderOf(disk, path);
                disk.File.Delete(partial);
                store.Copy(new Engines.Slurm.Relay.StoredFile(data.MetadataFile, address, file.Bytes ?? 0), partial);
                if (Read(partial, data, file) is { } read)
                {
                    disk.File.Move(partial, path, overwrite: true);
                    return (read, null);
                }

                why = "the copy of its metadata has another size or Adler-32 than Rucio's catalogue";
            }
            catch (Exception error) when (error is OutsourceException || DiskFault.Is(error))
            {
                why = $"its metadata cannot be copied: {UntrustedText.Brief(error.Message).TrimEnd('.')}";
            }
        }

        Delete(partial);
        return (null, why);
    }

    private void Delete(string partial)
    {
        try
        {
            disk.File.Delete(partial);
        }
        catch (Exception error) when (DiskFault.Is(error))
        {
            // The next copy replaces it.
        }
    }

    private DataMetadata? Read(string path, ExpectedData data, StoredFile file)
    {
        try
        {
            return
                disk.FileInfo.New(path) is { Exists: true, LinkTarget: null } found
                && found.Length <= DataMetadata.Largest
                && found.Length == file.Bytes
                && (file.Adler32 is null || file.Adler32 == Adler32.Of(disk, path))
                ? DataMetadata.Read(disk.File.ReadAllBytes(path), data.Prefix)
                : null;
        }
        catch (Exception error) when (DiskFault.Is(error))
        {
            return null;
        }
    }

    private string PathOf(ExpectedData data) => Path.Combine(folder, RunDocument.Padded(data.Run), data.MetadataFile);
}
