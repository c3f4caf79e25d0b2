using Cake.Cli;
using Cake.Core;
using Cake.Core.Diagnostics;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>Prints the name of each stage and Cake's report of times at verbose level; stages print their own results.</summary>
public sealed class StagePrinter(Screen screen, TaskCatalogue catalogue, CommandOutcome outcome) : ICakeReportPrinter
{
    /// <summary>Stages whose output is a group; reports are not grouped.</summary>
    private static readonly string[] Stages =
    [
        nameof(Target.LoadConfig),
        nameof(Target.QueryRuns),
        nameof(Target.FilterModes),
        nameof(Target.PlanChunks),
        nameof(Target.WriteWorkflow),
        nameof(Target.PegasusPlan),
        nameof(Target.PegasusRun),
    ];

    public void Write(CakeReport report)
    {
        screen.EndGroup();
        if (screen.Level >= Verbosity.Verbose && !screen.Document)
        {
            new CakeSpectreReportPrinter(screen.Tables).Write(report);
        }
    }

    public void WriteStep(string name, Verbosity verbosity)
    {
        outcome.Begins(name);
        if (Stages.Contains(name))
        {
            screen.Group(name);
        }
        else
        {
            screen.EndGroup();
        }

        if (verbosity >= Verbosity.Verbose && catalogue.Works(name))
        {
            screen.Heading(name);
        }
    }

    public void WriteLifeCycleStep(string name, Verbosity verbosity)
    {
        if (verbosity >= Verbosity.Diagnostic)
        {
            screen.Heading(name);
        }
    }

    public void WriteSkippedStep(string name, Verbosity verbosity)
    {
        if (verbosity >= Verbosity.Normal)
        {
            screen.Heading($"{name} (skipped)");
        }
    }
}
