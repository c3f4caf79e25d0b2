using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Outsource.Engines.Pegasus;

/// <summary>A known error of the planner: its message and ours.</summary>
/// <param name="Name">A short name.</param>
/// <param name="Pattern">Its message; <paramref name="Sentence"/> may use groups as <c>$1</c>.</param>
/// <param name="Sentence">What it means and what to do.</param>
public sealed record PlannerFault(string Name, Regex Pattern, string Sentence);

/// <summary>The known errors of the planner, from real output (Pegasus 5.1).</summary>
public static class PlannerFaults
{
    private static readonly Regex Stack = new(@"^(?:\tat |Exception in thread|\t\.\.\. )", Linear),
        Stamp = new(@"^[0-9]{4}\.[0-9]{2}\.[0-9]{2} [0-9:.]+ UTC:\s*", Linear),
        At = new(@" at (?:edu\.isi|com\.|java|org\.)\S*\(\S+\.java:[0-9]+\)\s*$", Linear);

    private const string OurMistake =
        "This is an error of this program, not of your configuration: please report it with this file and pegasus-plan.log.";

    /// <summary>In order: the first that matches is the cause.</summary>
    public static ImmutableArray<PlannerFault> Known { get; } =
    [
        Fault(
            "no-java",
            @"java not found|Unable to locate a Java Runtime|JAVA_HOME is (?:not|incorrectly) set|: java: (?:command )?not found",
            "The planner found no Java. Install a Java runtime (8 or later), or set JAVA_HOME or PATH."
        ),
        Fault(
            "out-of-memory",
            @"java\.lang\.OutOfMemoryError|Could not reserve enough space",
            "The planner's Java ran out of memory: 50,000 jobs need 4 GB. Set JAVA_HEAPMAX (in MB) higher, or submit fewer runs at a "
                + "time (--run, --from, --to, max_daily)."
        ),
        Fault(
            "no-space",
            @"No space left on device|Disk quota exceeded",
            "The disk is full. Make room below work_dir, then run the same command again."
        ),
        Fault(
            "existing-directory",
            @"""?(\S+?\.dag\.condor\.sub)""? already exists",
            "The submit directory contains an earlier plan ($1). Pass --replace to empty it and plan again, or choose another name "
                + "with --name=NAME."
        ),
        Fault(
            "missing-transformation",
            @"There are no entries for the transformation ""([^""]+)"" in the TC for sites \[([^\]]*)\]",
            "The transformation catalog has no program for job '$1' at site '$2'. Write the workflow again with --target=WriteWorkflow "
                + "--replace; if the error remains, the tables name a job that has no wrapper."
        ),
        Fault(
            "missing-replica",
            @"Can't determine a location to transfer input file for lfn (\S+) for job (\S+)",
            "The replica catalog has no location for the input '$1' of job '$2', or it was changed. Write the "
                + "workflow again with --target=WriteWorkflow --replace."
        ),
        Fault(
            "bad-transformation-catalog",
            @"(?s)Unable to instantiate Transformation Catalog.*?Error 1:\{(.*?)\}",
            "The transformation catalog is not valid: $1. " + OurMistake
        ),
        Fault(
            "bad-site-catalog",
            @"ScannerException: Error 1:\{(\$\.sites.*?)\}",
            "The site catalog is not valid: $1. Correct --site-profile if you pass one; otherwise please report it with pegasus-plan.log."
        ),
        Fault(
            "bad-yaml",
            @"(?s)Exception while parsing yaml file (\S+).*?line ([0-9]+), column ([0-9]+)",
            "'$1' is not valid YAML (line $2, column $3): it was changed after it was written. Write the workflow again with "
                + "--target=WriteWorkflow --replace."
        ),
        Fault(
            "missing-file",
            @"File does not exist or with read bit set to false (\S+)",
            "'$1' is missing or cannot be read. Write the workflow again with --target=WriteWorkflow --replace."
        ),
        Fault("unknown-key", @"Illegal key (\S+) for element (\S+)", "The planner does not know '$1' in '$2'. " + OurMistake),
        Fault(
            "bad-value",
            @"No enum constant edu\.isi\.pegasus\.\S*\.(\w+)\.([^.\s]+)(?:\s|$)",
            "'$2' is not a value that the planner knows for $1. " + OurMistake
        ),
        Fault(
            "no-jobs",
            @"No jobs found in the Abstract Workflow (\S+)",
            "There are no jobs in '$1'. Run --target=DryRun to see why each run was left out."
        ),
        Fault("duplicate-job", @"An Edge specified from a node to itself\s+for (\S+)", "Two jobs have the same id ($1). " + OurMistake),
        Fault(
            "unknown-dependency",
            @"Unable to find job in DAX with ID (\S+) listed as a child for job with ID (\S+)",
            "Job '$2' has a child '$1' that does not exist. " + OurMistake
        ),
        Fault("cycle", @"Abstract Workflow has cycles", "The dependencies of the jobs form a cycle. " + OurMistake),
        Fault(
            "unknown-site",
            @"Execution site (\S+) not loaded into site store\. Loaded sites are \[([^\]]*)\]",
            "The site catalog has no execution site '$1' (it has $2). Correct execution_site in --site-profile."
        ),
        Fault(
            "unknown-output-site",
            @"The output site \[([^\]]*)\] not loaded",
            "The site catalog has no output site '$1'. Correct output_site in --site-profile."
        ),
        Fault(
            "unknown-staging-site",
            @"[Ss]taging site (\S+) .*not (?:loaded|found|specified)",
            "The site catalog has no staging site '$1'. Correct staging_site in --site-profile."
        ),
        Fault(
            "bad-option",
            @"Incorrect option or option usage",
            "pegasus-plan rejected its options: this program does not know its version. Set another "
                + "installation with pegasus_path."
        ),
        Fault(
            "two-producers",
            @"File (\S+) is listed as input and output for job (\S+)",
            "Job '$2' reads and writes the file '$1'. " + OurMistake
        ),
        Fault(
            "proxy",
            @"(?i)(?:x509|proxy)[^\n]*?(?:does not exist|unable|not readable|permission|expired)",
            "The planner does not accept the proxy. --target=Preflight shows what is wrong with it."
        ),
        Fault(
            "no-condor",
            @"condor_submit_dag.*(?:not found|No such file)|Unable to (?:find|determine).*condor",
            "The planner found no HTCondor. Run this on an access point of the pool, or set PATH."
        ),
    ];

    /// <summary>The time grows linearly with the length of the text.</summary>
    private const RegexOptions Linear = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    /// <summary>Number of lines searched at the beginning and at the end, and characters read of each. Causes are at the end.</summary>
    private const int FirstLines = 200,
        LastLines = 2000,
        LongestLine = 1000;

    /// <summary>Our sentence about an error, or null for an unknown one.</summary>
    public static string? Explain(IEnumerable<string> lines)
    {
        var text = string.Join('\n', Readable(lines));
        return Known
            .Select(fault => fault.Pattern.Match(text) is { Success: true } match ? match.Result(fault.Sentence) : null)
            .FirstOrDefault(s => s is not null);
    }

    /// <summary>The part of the planner's output that gives the cause: its errors without stack traces, times and class names.</summary>
    public static ImmutableArray<string> Essence(IEnumerable<string> lines)
    {
        var kept = new List<string>();
        var fatal = false;
        foreach (var line in Readable(lines))
        {
            if (Stack.IsMatch(line) || line.Contains("while logging metrics", StringComparison.Ordinal))
            {
                continue;
            }

            fatal |= line.Contains("[FATAL ERROR]", StringComparison.Ordinal);
            if (
                fatal
                || line.Contains("[ERROR]", StringComparison.Ordinal)
                || line.StartsWith("ERROR", StringComparison.Ordinal)
                || line.StartsWith("Error", StringComparison.Ordinal)
            )
            {
                var words = At.Replace(Stamp.Replace(line, ""), "").TrimEnd();
                if (words.Trim() is not ("" or "[FATAL ERROR]" or "[ERROR]"))
                {
                    kept.Add(words.Length > 400 ? words[..400] + " …" : words);
                }
            }
        }

        return [.. kept.Distinct(StringComparer.Ordinal).Take(20)];
    }

    private static PlannerFault Fault(string name, string pattern, string sentence) => new(name, new Regex(pattern, Linear), sentence);

    private static List<string> Readable(IEnumerable<string> lines)
    {
        var all = lines as IReadOnlyList<string> ?? [.. lines];
        var kept = all.Count <= FirstLines + LastLines ? all : [.. all.Take(FirstLines), .. all.Skip(all.Count - LastLines)];
        return [.. kept.Select(line => line.Length > LongestLine ? line[..LongestLine] : line)];
    }
}
