using Cake.Cli;
using Cake.Core;
using Cake.Core.Diagnostics;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>
/// The name of each stage and the engine's report of times, for who wants to know more; what a stage has to say, it says itself.
/// </summary>
public sealed class StagePrinter(Screen screen, TaskCatalogue catalogue) : ICakeReportPrinter
{
    /// <summary>What can be folded; what a report says stays open.</summary>
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
