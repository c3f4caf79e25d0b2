using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Jobs;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>
/// Reads what a workflow that ran on the grid planned, from its <c>workflow.yml</c>: one of ours, whose jobs have named arguments, or one
/// of today's Python program, whose jobs have them by position. Jobs for the submit host, such as those that unpack, are passed over (T15);
/// a run without lower jobs, and veto detectors, are as good as any (T23).
/// </summary>
/// <param name="disk">The disk.</param>
public sealed class EarlierWorkflow(IFileSystem disk)
{
    /// <summary>Positions in the arguments of today's process jobs: run, context, corrections, first chunk, chunk after the last, six
    /// switches, three folders, output, types.</summary>
    private const int Output = 14;

    /// <summary>The output in those of a combine job: run, context, corrections, three switches, three folders, output, ends of
    /// groups.</summary>
    private const int CombineOutput = 9;

    private const string Tarball = ".tar.gz";

    private static readonly string[] Levels = ["lower", "combine", "upper"];

    /// <summary>The runs and detectors, in the order of the file.</summary>
    /// <param name="path">The workflow. Absolute.</param>
    /// <exception cref="OutsourceException">No job of it makes data by level, or one has arguments of no known form.</exception>
    public IReadOnlyList<RelayRun> Read(string path)
    {
        var order = new List<(int, string)>();
        var runs = new Dictionary<(int, string), RelayRun>();
        foreach (var job in new WorkflowYaml(disk, path).Jobs())
        {
            var name = job.Name.Split('_', 2);
            if (job.Site == "local" || name.Length < 2 || !Levels.Contains(name[0]))
            {
                continue;
            }

            var run = Read(path, job, name[0], name[1]);
            var key = (run.Run, run.Detector);
            if (runs.TryGetValue(key, out var known))
            {
                runs[key] = Joined(known, run);
            }
            else
            {
                order.Add(key);
                runs[key] = run;
            }
        }

        return order.Count > 0
            ? [.. order.Select(k => Sorted(runs[k]))]
            : throw new OutsourceException(
                $"'{path}' has no lower_, combine_ or upper_ job, so nothing of it can be continued. Name the workflow.yml of a "
                    + "plan by level."
            );
    }

    private static RelayRun Read(string path, WorkflowJob job, string level, string detector) =>
        (job.Arguments is ["--run", ..] ? Named(job, level, detector) : ByPosition(job, level, detector))
        ?? throw new OutsourceException(
            $"'{path}': the arguments of job {job.NodeName} have no known form. Workflows of this program and of outsource of "
                + "2024 and 2025 are read."
        );

    private static RelayRun? Named(WorkflowJob job, string level, string detector)
    {
        string? Value(string name) =>
            job.Arguments.IndexOf(name) is >= 0 and var at && at + 1 < job.Arguments.Length ? job.Arguments[at + 1] : null;
        return Number(Value("--run")) is { } run && Value("--output") is { } output
            ? Of(
                level,
                output,
                [.. (Value("--data-types") ?? "").Split(',')],
                (Number(Value("--chunk-start")), Number(Value("--chunk-stop"))),
                new RelayRun(run, detector) { Context = Value("--context") ?? "", XedocsVersion = Value("--xedocs-version") }
            )
            : null;
    }

    private static RelayRun? ByPosition(WorkflowJob job, string level, string detector)
    {
        var words = job.Arguments;
        var at = level == "combine" ? CombineOutput : Output;
        if (words.Length <= at || Number(words[0]) is not { } run || !words[at].EndsWith(Tarball, StringComparison.Ordinal))
        {
            return null;
        }

        var whole = new RelayRun(run, detector) { Context = words[1], XedocsVersion = words[2] };
        var chunks = level == "lower" ? (Number(words[3]), Number(words[4])) : (null, null);
        return Of(level, words[at], level == "combine" ? [] : [.. words.Skip(at + 1)], chunks, whole);
    }

    private static RelayRun? Of(
        string level,
        string output,
        ImmutableArray<string> types,
        (int? Start, int? Stop) chunks,
        RelayRun run
    ) =>
        level switch
        {
            "lower" when chunks is ({ } start, { } stop) => run with
            {
                Groups = [(start, stop)],
                LowerTypes = types,
                LowerOutputs = [output],
            },
            "lower" => null,
            "combine" => run with { CombineOutput = output },
            _ => run with { UpperTypes = types, UpperOutput = output },
        };

    private static RelayRun Joined(RelayRun one, RelayRun other) =>
        one with
        {
            Groups = one.Groups.AddRange(other.Groups),
            LowerOutputs = one.LowerOutputs.AddRange(other.LowerOutputs),
            LowerTypes = one.LowerTypes.IsEmpty ? other.LowerTypes : one.LowerTypes,
            UpperTypes = one.UpperTypes.IsEmpty ? other.UpperTypes : one.UpperTypes,
            CombineOutput = one.CombineOutput ?? other.CombineOutput,
            UpperOutput = one.UpperOutput ?? other.UpperOutput,
        };

    private static RelayRun Sorted(RelayRun run)
    {
        var order = Enumerable.Range(0, run.Groups.Length).OrderBy(i => run.Groups[i]).ToList();
        return run with { Groups = [.. order.Select(i => run.Groups[i])], LowerOutputs = [.. order.Select(i => run.LowerOutputs[i])] };
    }

    private static int? Number(string? word) =>
        int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : null;
}
