using Cake.Cli;
using Cake.Core;
using Cake.Core.Diagnostics;

namespace Outsource.Build.Hosting;

/// <summary>One line for each stage that works; the engine's report of times only for who wants to know more.</summary>
public sealed class StagePrinter(Screen screen, TaskCatalogue catalogue) : ICakeReportPrinter
{
    public void Write(CakeReport report)
    {
        if (screen.Level >= Verbosity.Verbose)
        {
            new CakeSpectreReportPrinter(screen.Tables).Write(report);
        }
    }

    public void WriteStep(string name, Verbosity verbosity)
    {
        if (verbosity >= Verbosity.Normal && catalogue.Works(name))
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
