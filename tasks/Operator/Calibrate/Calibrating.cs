using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Levels;
using Outsource.Operator.Desk;
using Outsource.Operator.Statistics;
using Outsource.Workflows;

namespace Outsource.Operator.Calibrate;

/// <summary>Fits what the finished jobs of a workflow used, and shows what requests should be. It changes no configuration.</summary>
/// <param name="context">The run.</param>
/// <param name="desk">Reads workflows.</param>
public sealed class Calibrating(OutsourceContext context, WorkflowCommands desk)
{
    /// <summary>Does it.</summary>
    /// <exception cref="UsageException">There is no such workflow, or it has no plan.</exception>
    /// <exception cref="NothingToDoException">No job has finished.</exception>
    public void Run()
    {
        var workflow = desk.Chosen();
        if (!context.Disk.File.Exists(Path.Combine(workflow.Folder, JobPlan.FileName)))
        {
            throw new UsageException(
                $"workflow '{workflow.Name}' has no {JobPlan.FileName}, so it is not known what its jobs asked for. --target=PlanChunks "
                    + $"--name={workflow.Name} makes it."
            );
        }

        var loaded = SettingsArtifact.Read(context.Request.Host, Path.Combine(workflow.Folder, SettingsArtifact.FileName));
        var jobs = Jobs(workflow, loaded);
        if (jobs.IsEmpty)
        {
            throw new NothingToDoException($"no job of workflow '{workflow.Name}' has finished, so there is nothing to calibrate with.");
        }

        if (RecordedSettings.IsCanary(context.Disk, workflow.Folder))
        {
            context.Messages.Warn(
                $"the jobs of workflow '{workflow.Name}' were canaries, which process nothing: what they used says nothing of real jobs. "
                    + "Do not apply what is proposed."
            );
        }

        var families = new Calibration(loaded).Fit(jobs);
        ImmutableArray<CalibrateRow> rows = [.. families.Select(CalibrateRow.Of)];
        var proposals = new Proposals(loaded).Of(families, jobs);
        var diffs = Diffs(workflow, loaded, proposals);
        var file = new CalibrateFile(context.Disk, workflow.Folder);
        file.Write(context.Request.Host.Now, rows, proposals);
        var drawn = rows.Where(r => r.Panel.Points.Length > 0).Select(r => r.Panel).ToImmutableArray();
        if (!drawn.IsEmpty)
        {
            AtomicFile.WriteText(context.Disk, Path.Combine(workflow.Folder, CalibrateFile.Picture), WasteChart.Of(drawn));
        }

        Show(new CalibrateAnswer(workflow.Name, rows, proposals, diffs));
        var picture = drawn.IsEmpty ? "" : $" Picture: {Path.Combine(workflow.Folder, CalibrateFile.Picture)}";
        context.Messages.Result(
            $"Calibrate: {Counted.Of(jobs.Length, "finished job")} of workflow '{workflow.Name}', "
                + $"{Counted.Of(proposals.Length, "change")} proposed, nothing changed.{picture}"
        );
    }

    private ImmutableArray<Model.Calibrating.JobUse> Jobs(WorkflowOnDisk workflow, LoadedConfiguration loaded)
    {
        var status = desk.StatusOf(workflow);
        var measured = MeasuredJobs.Read(context.Disk, workflow.OutputsFolder);
        foreach (var fault in measured.Faults)
        {
            context.Messages.Warn(fault.ToString());
        }

        var uses = new JobUses(context.Disk, loaded, JobPlan.Read(context.Disk, workflow.Folder));
        return context.Messages.While("what the jobs used", () => uses.Read(status.Nodes, workflow.Submit, measured.Jobs));
    }

    private void Show(CalibrateAnswer answer)
    {
        var terminal = context.Request.Terminal();
        if (context.Request.Invocation.Options.Json)
        {
            terminal.Profile.Out.Writer.Write(answer.Json());
        }
        else
        {
            answer.Draw(terminal);
        }
    }

    private ImmutableArray<(string Path, ProposedDiff Diff)> Diffs(
        WorkflowOnDisk workflow,
        LoadedConfiguration loaded,
        ImmutableArray<Proposal> proposals
    )
    {
        var diffs = ImmutableArray.CreateBuilder<(string, ProposedDiff)>();
        var made = new ProposedDiffs(context.Disk);
        foreach (
            var (place, file, name) in new[]
            {
                (ProposedIn.Configuration, loaded.Settings.ConfigFile, CalibrateFile.ConfigurationDiff),
                (ProposedIn.Levels, LevelsOf(loaded), CalibrateFile.LevelsDiff),
            }
        )
        {
            var path = Path.Combine(workflow.Folder, name);
            context.Disk.File.Delete(path);
            if (!proposals.Any(p => p.Place == place))
            {
                continue;
            }

            try
            {
                var diff = place == ProposedIn.Levels ? made.OfLevels(file, proposals) : made.OfConfiguration(file, proposals);
                AtomicFile.WriteText(context.Disk, path, diff.Text, AtomicFile.Private);
                diffs.Add((path, diff));
            }
            catch (Exception error) when (error is OutsourceException || DiskFault.Is(error))
            {
                context.Messages.Warn($"no diff of '{file}' is made: {error.Message}");
            }
        }

        return diffs.ToImmutable();
    }

    /// <summary>The table that the workflow's plan was made with: the operator's copy, else the one that ships with the program.</summary>
    private string LevelsOf(LoadedConfiguration loaded)
    {
        var own = loaded.Settings.TablesFolder is { } folder ? Path.Combine(folder, LevelTable.FileName) : null;
        return own is not null && context.Disk.File.Exists(own)
            ? own
            : Path.Combine(context.Request.Host.DataFolder, "tables", LevelTable.FileName);
    }
}
