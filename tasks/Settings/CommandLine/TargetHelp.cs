using System.Text;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Settings.CommandLine;

/// <summary>The output of <c>--target=X --help</c>: only that target, made from the declarations of its options.</summary>
public static class TargetHelp
{
    private const string Planned = "generated/NAME/";

    /// <summary>What a target leaves, and two examples: the arguments after <c>--target=X</c>.</summary>
    private static readonly Dictionary<Target, (string Leaves, string First, string Second)> Pages = new()
    {
        [Target.LoadConfig] = (Planned + "settings.yml", "", "--context=xenonnt_v14 --image=2024.02.1"),
        [Target.QueryRuns] = (Planned + "runs.jsonl", "--from=43000", "--exclusive --name=NAME"),
        [Target.FilterModes] = (Planned + "ledger.jsonl", "--mode=tpc_bkg", "--exclusive --name=NAME"),
        [Target.PlanChunks] = (Planned + "plan.jsonl, plan.yml, unplanned.jsonl, runlist.txt", "--run=7157", "--exclusive --name=NAME"),
        [Target.WriteWorkflow] = (
            Planned + "workflow.yml with its catalogs, and payload/",
            "--run=7157 --debug",
            "--reuse --name=NAME"
        ),
        [Target.PegasusPlan] = (
            "the submit directory; " + Planned + "planned.yml, pegasus-plan.log, journal.jsonl",
            "--reuse --name=NAME",
            "--exclusive --name=NAME"
        ),
        [Target.PegasusRun] = ("a running DAG; " + Planned + "submission.yml", "--reuse --name=NAME", "--exclusive --name=NAME"),
        [Target.DryRun] = (Planned + "settings.yml, runs.jsonl, ledger.jsonl, plan.jsonl", "", "--mode=tpc_bkg --json"),
        [Target.Submit] = (
            "a running DAG, and the artifacts of all stages",
            "--run=7157",
            "--context=xenonnt_v14 --from=43000"
        ),
        [Target.Relay] = (
            "workflow NAME-relay, submitted to Slurm; relay.jsonl says what is left of each run",
            "--name=NAME --debug",
            "--workflow=FOLDER --levels=upper"
        ),
        [Target.Default] = ("the same as DryRun", "", "--run=7157"),
        [Target.Preflight] = ("nothing", "", "--name=NAME"),
        [Target.Init] = ("a .xenon_config with comments, mode 0600", "", "--config=FILE"),
        [Target.Runs] = ("nothing", "", "--from=43000 --mode=tpc_bkg --tsv"),
        [Target.Locate] = ("nothing", "--run=7157", "--run=7157-7160 --json"),
        [Target.Context] = (
            "with the image's own environment: contexts/CONTEXT-XEDOCS-TAG.json below work_dir",
            "--asked=event_info_double",
            "--context-file=FILE --asked=events_nv --json"
        ),
        [Target.Explain] = ("nothing", "--run=7157", "--run=7157 --fresh"),
        [Target.Diff] = ("nothing", "--name=NAME --with=OTHER", "--name=NAME --with=FOLDER --json"),
        [Target.Draw] = (Planned + "graph.svg or graph.dot", "--name=NAME", "--name=NAME --run=7157 --format=dot"),
        [Target.Report] = (Planned + "report.html", "", "--name=NAME"),
        [Target.List] = ("nothing", "", "--json"),
        [Target.Status] = ("nothing", "", "--name=NAME --watch"),
        [Target.Analyze] = ("nothing", "", "--name=NAME --only=7157"),
        [Target.Doctor] = ("nothing; with --treat what its command leaves", "", "--name=NAME --treat=memory-exceeded --yes"),
        [Target.Logs] = ("nothing", "--job=043000-peaklets-0003", "--name=NAME --job=043000-peaklets-0003 --follow"),
        [Target.Notify] = (Planned + "notices.json: what was told", "", "--name=NAME"),
        [Target.Resubmit] = (
            "the DAG runs again; a line in " + Planned + "journal.jsonl",
            "--name=NAME",
            "--name=NAME --only=7157 --memory-factor=2"
        ),
        [Target.Hold] = ("no new jobs start; waiting jobs are held", "--name=NAME", "--name=NAME --yes"),
        [Target.Release] = ("held jobs or the halted workflow continue", "--name=NAME", "--name=NAME --only=7157"),
        [Target.Remove] = ("the workflow is removed from the queue; finished results are kept", "--name=NAME", "--name=NAME --yes"),
        [Target.Clean] = (
            "the results only; without --yes it only shows what it would delete",
            "--older-than=30d",
            "--name=NAME --older-than=12h --yes"
        ),
        [Target.Statistics] = ("nothing", "", "--name=NAME"),
        [Target.Outputs] = ("nothing", "", "--name=NAME --only=7157"),
        [Target.Usage] = ("nothing", "--name=NAME", "--workflow=FOLDER --json"),
        [Target.Fetch] = (
            "the tarballs in outputs/NAME, and fetch.jsonl there",
            "--name=NAME",
            "--workflow=FOLDER --levels=combine,upper"
        ),
        [Target.Unpack] = (
            "outputs/NAME/strax_data_osg and strax_data_osg_per_chunk, index.jsonl; unpacked tarballs are deleted",
            "--name=NAME",
            "--name=NAME --levels=combine,upper --only=7157"
        ),
        [Target.Reconcile] = (
            "reconcile.jsonl, make-again.txt, with --yes repairs.jsonl, in " + Planned + "or reconcile/",
            "--name=NAME",
            "--run=61000-61100 --types=peaklets --json"
        ),
        [Target.Calibrate] = (
            Planned + "calibrate.jsonl, calibrate.svg, calibrate-config.diff, calibrate-levels.diff",
            "--name=NAME",
            "--name=NAME --json"
        ),
        [Target.Completion] = ("nothing: the script is printed to standard output", ">outsource.bash", "--shell=zsh"),
        [Target.Publish] = (".outsource/publish/outsource, one file, and its checksum", "", "--verbosity=verbose"),
        [Target.Test] = (".outsource/test-results", "--fast", "--filter=ChunkPlanner"),
    };

    /// <summary>The most lines of a page, except with <c>--verbosity=verbose</c>.</summary>
    public const int Lines = 50;

    /// <summary>The page of a target; null: it has none, for example a task that was added.</summary>
    /// <param name="task">The target.</param>
    /// <param name="verbosity">With verbose and diagnostic all options are described, in any number of lines.</param>
    public static string? Render(TaskInfo task, string verbosity)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Target is not { } target || !Pages.ContainsKey(target))
        {
            return null;
        }

        var options = OptionCatalog.Ours.Concat(OptionCatalog.Cakes).Where(o => o.IsKnownTo(target)).ToList();
        var whole = Page(task, target, options, []);
        return verbosity is "verbose" or "diagnostic" || whole.Count(c => c == '\n') <= Lines
            ? whole
            : Page(task, target, [.. options.Where(IsUsual)], [.. options.Where(o => !IsUsual(o))]);
    }

    /// <summary>Whether it is described on a page that has no room for all: an everyday option, or one of few targets.</summary>
    private static bool IsUsual(Option option) =>
        option.Everyday || option.Targets.Length < TargetSets.Of(TargetSet.Planning).Length - 1;

    private static string Page(TaskInfo task, Target target, IReadOnlyList<Option> described, IReadOnlyList<Option> named)
    {
        var page = Pages[target];
        var text = new StringBuilder();
        HelpText.Wrap(text, "", $"{task.Name}: {task.Description}.".Split(' '));
        HelpText.Wrap(text, "", $"Leaves: {page.Leaves}.".Split(' '));
        text.Append(described.Count == 0 ? "\nNo options of its own.\n" : "\nOptions:\n");
        foreach (var option in described)
        {
            HelpText.Entry(
                text,
                option.Usage,
                named.Count == 0 ? HelpOverview.WithoutTargets(HelpText.Describe(option)) : HelpOverview.WithoutTargets(option.Meaning)
            );
        }

        if (named.Count > 0)
        {
            text.Append("More options, which --help --verbosity=verbose describes:\n");
            HelpText.Wrap(text, "  ", [.. named.Select(o => "--" + o.Name)]);
        }

        text.Append('\n');
        HelpText.Codes(text, target == Target.Diff ? "the plans differ" : "nothing to do");
        text.Append("\nExamples:\n");
        foreach (var arguments in new[] { page.First, page.Second })
        {
            var command = $"  {ProgramCommand.Program} --target={task.Name} {arguments}";
            text.Append(command.TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
