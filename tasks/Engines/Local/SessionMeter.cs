using System.Globalization;
using System.IO.Abstractions;
using System.Text;

namespace Outsource.Engines.Local;

/// <summary>Measures and ends the processes of jobs, by what Linux tells in <c>/proc</c>.</summary>
/// <param name="disk">The disk.</param>
internal sealed class SessionMeter(IFileSystem disk)
{
    private const string Proc = "/proc";

    private static readonly long PageKb = Environment.SystemPageSize / 1024;

    private readonly byte[] _buffer = new byte[1024];

    /// <summary>Session → KB of memory of all its processes (resident set size).</summary>
    public Dictionary<int, long> Memory()
    {
        var found = new Dictionary<int, long>();
        foreach (var (_, session, pages) in Processes())
        {
            found[session] = found.GetValueOrDefault(session) + (pages * PageKb);
        }

        return found;
    }

    /// <summary>The processes that hold a file open: whoever holds the lock of a node belongs to its job.</summary>
    /// <param name="path">Absolute.</param>
    public IReadOnlyList<int> HoldersOf(string path)
    {
        var holders = new List<int>();
        var real = Real(path);
        foreach (var folder in Numbers())
        {
            try
            {
                if (
                    disk.Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd"))
                        .Any(f => disk.FileInfo.New(f).LinkTarget == real)
                )
                {
                    holders.Add(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is another user's.
            }
        }

        return holders;
    }

    /// <summary>
    /// A path as the kernel names it: without the links of its folders. The file cannot be opened to ask, since it is locked.
    /// </summary>
    private string Real(string path)
    {
        var real = "/";
        foreach (var part in Path.GetDirectoryName(path)!.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            real = disk.Directory.ResolveLinkTarget(real, returnFinalTarget: true)?.FullName ?? real;
        }

        return Path.Combine(real, Path.GetFileName(path));
    }

    /// <summary>Kills processes.</summary>
    public static void Kill(IEnumerable<int> processes)
    {
        foreach (var number in processes.Where(p => p != Environment.ProcessId))
        {
            try
            {
                using var process = System.Diagnostics.Process.GetProcessById(number);
                process.Kill();
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It ended meanwhile.
            }
        }
    }

    /// <summary>Kills all processes of a session.</summary>
    public void KillSession(int session) => Kill(Processes().Where(p => p.Session == session).Select(p => p.Process).ToList());

    private IEnumerable<string> Numbers() =>
        disk.Directory.Exists(Proc) ? disk.Directory.EnumerateDirectories(Proc).Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])) : [];

    private IEnumerable<(int Process, int Session, long Pages)> Processes()
    {
        foreach (var folder in Numbers())
        {
            if (
                Stat(Path.Combine(folder, "stat")) is { } line
                // Behind the name, which can hold anything: state, parent, group, session, … , pages at the 22nd place (proc(5)).
                && line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 21 } words
                && int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out var session)
                && long.TryParse(words[21], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var pages)
            )
            {
                yield return (int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), session, Math.Max(0, pages));
            }
        }
    }

    private string? Stat(string path)
    {
        try
        {
            using var file = disk.FileStream.New(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return Encoding.ASCII.GetString(_buffer, 0, file.Read(_buffer, 0, _buffer.Length));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
