using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Files;

namespace Outsource.PegasusPlan;

/// <summary>
/// Has DAGMan try a job again only where that can help. DAGMan knows one value for it (<c>RETRY … UNLESS-EXIT m</c>) and looks at the
/// return value of the
/// node's script, which is 1 for every failure (<c>pegasus-exitcode</c>); nor does the job's own value tell, since PegasusLite ends with
/// that of its stage-out, which fails with the job (seen on 5.1.2). What tells is kickstart's record. So a script of ours stands between:
/// it reads the record, lets
/// <c>pegasus-exitcode</c> do its work, and says <see cref="Final"/> where the cause is one that no try cures. It is put into the DAG after
/// planning, because the
/// property <c>dagman.retry</c> goes into the monitor's database as a number, and a script of the properties would be that of the planner's
/// own jobs as well.
/// </summary>
public static class NodeEnd
{
    /// <summary>The script, in the submit directory.</summary>
    public const string ScriptFile = "node-end.sh";

    /// <summary>What the script says of a cause that no try cures; no program of Pegasus ends so.</summary>
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
            # The end of a node: pegasus-exitcode with its arguments, of which the last is the job's output. A failure that no further try
            # cures (the payload's exit codes {{string.Join(
                ", ",
                PayloadExitCodes.NotCuredByTrying
            )}}) ends with {{Final}}, after which DAGMan does not try again.
            for out do :; done
            code=
            if [ -f "$out" ]; then
                code=$(sed -n '/^  mainjob:/,/^  [^ ]/s/^      regular_exitcode: \([0-9][0-9]*\) *$/\1/p' "$out")
            fi
            "$@"
            ended=$?
            if [ "$ended" -ne 0 ]; then
                case $code in {{string.Join(" | ", PayloadExitCodes.NotCuredByTrying)}}) exit {{Final}} ;; esac
            fi
            exit "$ended"

            """
        );

    /// <summary>
    /// Puts the script beside the DAG and into it, for the jobs of ours; what the planner added is tried as before. Done twice, nothing
    /// changes.
    /// </summary>
    /// <returns>How many jobs end with it.</returns>
    public static int PutInto(IFileSystem disk, SubmitDirectory directory)
    {
        var script = directory.In(ScriptFile);
        if (script.Any(char.IsWhiteSpace))
        {
            // A word of the DAG file ends with a blank, and nothing quotes it.
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
