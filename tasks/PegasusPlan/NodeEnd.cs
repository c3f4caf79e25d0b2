using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;

namespace Outsource.PegasusPlan;

/// <summary>
/// Makes DAGMan retry a job only if a retry can help. DAGMan compares one value (<c>RETRY … UNLESS-EXIT m</c>) with the return value of the
/// node's script, which is 1 for every failure (<c>pegasus-exitcode</c>). The job's own exit code does not help either: PegasusLite exits
/// with that of its stage-out, which fails with the job (seen on 5.1.2). Only kickstart's record has the cause. So a script of ours runs
/// instead: it reads the record, calls <c>pegasus-exitcode</c>, and exits with <see cref="Final"/> if no retry can help. It is added to the
/// DAG after planning, because the property <c>dagman.retry</c> is a number in the monitor's database, and a script in the properties would
/// also apply to the planner's own jobs.
/// </summary>
public static class NodeEnd
{
    /// <summary>The script, in the submit directory.</summary>
    public const string ScriptFile = "node-end.sh";

    /// <summary>The script's exit code if no retry can help; no program of Pegasus uses it.</summary>
    public const int Final = 95;

    private const string Judge = "pegasus-exitcode";

    private const UnixFileMode Executable =
        AtomicFile.Public | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The script's text.</summary>
    public static string Script { get; } =
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            #!/bin/sh
            # The end of a node: pegasus-exitcode with its arguments, of which the last is the job's output. A failure that no retry
            # can fix (the payload's exit codes {{string.Join(
                ", ",
                PayloadExitCodes.NotRetried
            )}}) ends with {{Final}}, after which DAGMan does not try again.
            for out do :; done
            code=
            if [ -f "$out" ]; then
                code=$(sed -n '/^  mainjob:/,/^  [^ ]/s/^      regular_exitcode: \([0-9][0-9]*\) *$/\1/p' "$out")
            fi
            "$@"
            ended=$?
            if [ "$ended" -ne 0 ]; then
                case $code in {{string.Join(" | ", PayloadExitCodes.NotRetried)}}) exit {{Final}} ;; esac
            fi
            exit "$ended"

            """
        );

    /// <summary>
    /// Writes the script beside the DAG and adds it to the nodes of our jobs; jobs that the planner added are retried as before. A second
    /// call changes nothing.
    /// </summary>
    /// <returns>How many jobs use it.</returns>
    public static int PutInto(IFileSystem disk, SubmitDirectory directory)
    {
        var script = directory.In(ScriptFile);
        if (script.Any(char.IsWhiteSpace))
        {
            // A blank ends a word of the DAG file, and there is no quoting.
            return 0;
        }

        AtomicFile.WriteText(disk, script, Script, Executable);
        var changed = 0;
        using var dag = AtomicFile.Create(disk, directory.Dag);
        using (var writer = new StreamWriter(dag.Stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" })
        {
            var ours = new HashSet<string>(StringComparer.Ordinal);
            using var reader = new StreamReader(
                disk.FileStream.New(directory.Dag, FileMode.Open, FileAccess.Read, FileShare.Read),
                Encoding.UTF8
            );
            while (reader.ReadLine() is { } line)
            {
                writer.WriteLine(Changed(line, script, ours));
            }

            changed = ours.Count;
        }

        dag.Commit();
        return changed;
    }

    private static string Changed(string line, string script, HashSet<string> ours)
    {
        if (
            line.StartsWith("SCRIPT POST ", StringComparison.Ordinal)
            && line.Split(' ', 5) is [_, _, var node, var program, _]
            && NodeName.Parse(node).Ours
        )
        {
            if (program == script || Path.GetFileName(program) == Judge)
            {
                _ = ours.Add(node);
                return program == script
                    ? line
                    : line.Insert(line.IndexOf(program, "SCRIPT POST ".Length + node.Length, StringComparison.Ordinal), script + " ");
            }
        }
        else if (
            line.StartsWith("RETRY ", StringComparison.Ordinal)
            && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var tried, _]
            && ours.Contains(tried)
        )
        {
            return string.Create(CultureInfo.InvariantCulture, $"{line.TrimEnd()} UNLESS-EXIT {Final}");
        }

        return line;
    }
}
