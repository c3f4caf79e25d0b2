using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>How an attempt of a job ended.</summary>
/// <param name="Code">Exit code, as HTCondor's log has it; negative: ended by that signal.</param>
/// <param name="Words">What the wrapper says about it, for <c>NODE.err.NNN</c>.</param>
internal sealed record JobEnd(int Code, IReadOnlyList<string> Words);

/// <summary>
/// The directory of a job, as PegasusLite has it on the grid: made for the attempt, filled with its inputs, and removed with all that it
/// does not stage out.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="directory">The submit directory.</param>
/// <param name="results">Folder of the results. Absolute.</param>
internal sealed class JobFolder(IFileSystem disk, LocalDirectory directory, string results)
{
    /// <summary>Exit code of a wrapper that failed.</summary>
    public const int WrapperFailed = 1;

    /// <summary>Inputs up to this size are copied, so that a job cannot change what others read.</summary>
    private const long Small = 16 << 20;

    private const UnixFileMode OnlyOurs = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The names of the files of an attempt, without their endings. Absolute.</summary>
    public string FilesOf(LocalNode node) => directory.In(node.SubmitFile[..^LocalDirectory.SubmitEnding.Length]);

    /// <summary>The node's lock file.</summary>
    public string LockOf(LocalNode node) => FilesOf(node) + ".lock";

    /// <summary>Makes the directory, with everything that the job needs.</summary>
    /// <returns>Why that is not possible, as sentences; empty: it is done.</returns>
    public IReadOnlyList<string> Fill(JobRun run, long? diskOfAd)
    {
        var (work, description) = (directory.WorkOf(run.Node.Name), run.Ask.Description);
        try
        {
            Clear(work);
            Make(work);
            foreach (var input in description.Inputs)
            {
                var from = input.Maker is { } maker ? Path.Combine(directory.ScratchOf(maker), input.Name) : input.From;
                if (!disk.File.Exists(from))
                {
                    return [$"Input {input.Name} is missing: '{from}' is not there."];
                }

                var to = Path.Combine(work, input.Name);
                Make(Path.GetDirectoryName(to)!);
                if (disk.FileInfo.New(from) is { LinkTarget: null, Length: > Small } || input.Maker is not null)
                {
                    HardLink.OrCopy(disk, from, to);
                }
                else
                {
                    disk.File.Copy(from, to, overwrite: true);
                }
            }

            foreach (var output in description.Outputs.Where(o => o.Contains('/', StringComparison.Ordinal)))
            {
                Make(Path.GetDirectoryName(Path.Combine(work, output))!);
            }

            var program = ProgramIn(work, description);
            disk.File.Copy(description.Executable, program, overwrite: true);
            if (!OperatingSystem.IsWindows())
            {
                disk.File.SetUnixFileMode(program, OnlyOurs);
            }

            disk.File.WriteAllText(AdIn(work), Ad(run.Ask, diskOfAd));
            return [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [$"The directory of the job cannot be made: {DiskFault.Why(error, work)}."];
        }
    }

    /// <summary>The program in the job's directory.</summary>
    public static string ProgramIn(string work, SubmitDescription description) =>
        Path.Combine(work, Path.GetFileName(description.Executable));

    /// <summary>The job's ClassAd, as HTCondor leaves it for a job.</summary>
    public static string AdIn(string work) => Path.Combine(work, ".job.ad");

    /// <summary>
    /// Judges what a job left, and brings it where others find it: into the folder of results, and into that of what other jobs read.
    /// </summary>
    public JobEnd Conclude(JobRun run, int code)
    {
        var (work, description) = (directory.WorkOf(run.Node.Name), run.Ask.Description);
        try
        {
            if (code != 0)
            {
                return new JobEnd(code, []);
            }

            if (description.Stdout is { } printed)
            {
                disk.File.Copy(FilesOf(run.Node) + ".out", Path.Combine(work, printed), overwrite: true);
            }

            Spoil(run, work);
            var missing = description.Outputs.Where(o => !disk.File.Exists(Path.Combine(work, o))).ToList();
            if (missing.Count > 0)
            {
                return new JobEnd(WrapperFailed, [.. missing.Select(m => $"Output {m} is missing: the job did not make it.")]);
            }

            Publish(run.Node, work, description);
            return new JobEnd(0, []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new JobEnd(WrapperFailed, [$"The outputs cannot be brought to their places: {DiskFault.Why(error, results)}."]);
        }
        finally
        {
            TryClear(work);
        }
    }

    /// <summary>Deletes what a job made for others: nobody needs it any more.</summary>
    public void Forget(LocalNode node) => TryClear(directory.ScratchOf(node.Name));

    /// <summary>Bytes in the job's directory, in KB.</summary>
    public long UsedKb(LocalNode node)
    {
        try
        {
            var files = new DirectoryInfo(directory.WorkOf(node.Name)).EnumerateFiles(
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }
            );
            return files.Sum(f => f.Length) / 1024;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The job deletes while we count.
            return 0;
        }
    }

    private void Publish(LocalNode node, string work, SubmitDescription description)
    {
        foreach (var output in description.Results)
        {
            var to = Path.Combine(results, output);
            OwnedFile.MakeFolderOf(disk, to);
            var partial = Path.Combine(Path.GetDirectoryName(to)!, $".{Path.GetFileName(to)}.partial");
            HardLink.OrCopy(disk, Path.Combine(work, output), partial);
            if (!OperatingSystem.IsWindows())
            {
                // The job made it for itself alone; results are read as any file of their owner.
                disk.File.SetUnixFileMode(partial, AtomicFile.Public);
            }

            disk.File.Move(partial, to, overwrite: true);
        }

        if (node.Children.Length == 0)
        {
            return;
        }

        var scratch = directory.ScratchOf(node.Name);
        Clear(scratch);
        foreach (var output in description.Outputs)
        {
            var to = Path.Combine(scratch, output);
            Make(Path.GetDirectoryName(to)!);
            disk.File.Move(Path.Combine(work, output), to, overwrite: true);
        }
    }

    /// <summary>The faults that show after the end of a job.</summary>
    private void Spoil(JobRun run, string work)
    {
        if (run.Fault is not (FaultKind.NoOutput or FaultKind.CorruptOutput) || run.Ask.Description.Outputs is not [var first, ..])
        {
            return;
        }

        var path = Path.Combine(work, first);
        if (run.Fault == FaultKind.NoOutput)
        {
            disk.File.Delete(path);
            return;
        }

        using var file = disk.FileStream.New(path, FileMode.Open, FileAccess.ReadWrite);
        _ = file.Seek(file.Length / 2, SeekOrigin.Begin);
        var noise = new byte[Math.Max(1, Math.Min(1024, file.Length / 4))];
        Array.Fill(noise, (byte)0x5A);
        file.Write(noise);
    }

    private static string Ad(JobAsk ask, long? diskKb)
    {
        var lines = new List<string>();
        void Add(string name, long? value)
        {
            if (value is { } number)
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{name} = {number}"));
            }
        }

        Add("DAGNodeRetry", ask.Retry);
        Add("RequestCpus", ask.Cores);
        Add("RequestDisk", diskKb);
        Add("RequestMemory", ask.MemoryMb);
        return string.Join('\n', lines) + "\n";
    }

    private void Make(string folder) => OwnedFile.MakeFolder(disk, folder, OnlyOurs);

    private void Clear(string folder)
    {
        if (disk.Directory.Exists(folder))
        {
            disk.Directory.Delete(folder, recursive: true);
        }
    }

    private void TryClear(string folder)
    {
        try
        {
            Clear(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next attempt clears it, or says why it cannot.
        }
    }
}
