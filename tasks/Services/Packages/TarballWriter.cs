using System.Formats.Tar;
using System.IO.Abstractions;
using System.IO.Compression;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Services.Packages;

/// <summary>
/// Packs files of a work tree so that equal content gives equal bytes: order, owner, modes and times do not depend on the machine. (The
/// compression is that of the .NET release.) The format is GNU's, which Python's tarfile reads.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="top">The work tree. Absolute.</param>
/// <param name="name">The one folder in the tarball that holds everything.</param>
/// <param name="time">The time of all entries.</param>
public sealed class TarballWriter(IFileSystem disk, string top, string name, DateTimeOffset time)
{
    private const UnixFileMode Plain = AtomicFile.Public,
        Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Writes the tarball.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="files">The files, in order.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <returns>How many bytes a job gets when it decompresses the tarball.</returns>
    /// <exception cref="UsageException">A file cannot be read, or changed meanwhile.</exception>
    public long Write(Stream stream, IReadOnlyList<WorkTreeFile> files, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(files);
        // .NET writes neither a name nor a time into the header of gzip.
        using var zipped = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        using var counted = new CountedStream(zipped);
        using (var tar = new TarWriter(counted, TarEntryFormat.Gnu, leaveOpen: true))
        {
            AddFolder(tar, name);
            foreach (var file in files)
            {
                cancel.ThrowIfCancellationRequested();
                Add(tar, file);
            }
        }

        return counted.Bytes;
    }

    private void Add(TarWriter tar, WorkTreeFile file)
    {
        for (var slash = file.Name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = file.Name.IndexOf('/', slash + 1))
        {
            AddFolder(tar, $"{name}/{file.Name[..slash]}");
        }

        if (file.Link is { } target)
        {
            tar.WriteEntry(Entry(TarEntryType.SymbolicLink, $"{name}/{file.Name}", Executable, target));
            return;
        }

        var path = Path.Combine(top, file.Name);
        try
        {
            using var content = RegularFile.Open(disk, path);
            var entry = Entry(TarEntryType.RegularFile, $"{name}/{file.Name}", file.Executable ? Executable : Plain);
            // A file that grows while it is read would move all that follows.
            if (content.Length == file.Bytes)
            {
                entry.DataStream = content;
                tar.WriteEntry(entry);
            }

            if (content.Length != file.Bytes)
            {
                throw new UsageException(
                    $"'{UntrustedText.Brief(path)}' changed while its tarball was made. Run the same command again when nothing changes "
                        + "it."
                );
            }
        }
        catch (Exception error) when (DiskFault.Is(error))
        {
            throw new UsageException($"'{UntrustedText.Brief(path)}' cannot be packed: {DiskFault.Why(error, path)}.");
        }
    }

    private void AddFolder(TarWriter tar, string folder)
    {
        if (_folders.Add(folder))
        {
            tar.WriteEntry(Entry(TarEntryType.Directory, folder + "/", Executable));
        }
    }

    private GnuTarEntry Entry(TarEntryType type, string path, UnixFileMode mode, string? target = null)
    {
        var entry = new GnuTarEntry(type, path)
        {
            Uid = 0,
            Gid = 0,
            UserName = "",
            GroupName = "",
            Mode = mode,
            ModificationTime = time,
            // GNU's format has fields for them, which would be the time of packing.
            AccessTime = default,
            ChangeTime = default,
        };
        if (target is not null)
        {
            entry.LinkName = target;
        }

        return entry;
    }

    /// <summary>Counts what is written.</summary>
    private sealed class CountedStream(Stream inner) : Stream
    {
        public long Bytes { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Bytes;

        public override long Position
        {
            get => Bytes;
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            inner.Write(buffer, offset, count);
            Bytes += count;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer);
            Bytes += buffer.Length;
        }
    }
}
