using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Model.Levels;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.LoadConfig;

/// <summary>Finds the context description that a plan by level is made from, and checks that the plan can be made from it.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="programs">Runs python3; null: no program can be run.</param>
internal sealed class DescribedLevels(HostEnvironment host, IProgramRunner? programs)
{
    private readonly ContextDescriptions _descriptions = new(host, programs);

    /// <summary>The description; null, and why, where only the hashes of the context are to be had.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="invocation">The command.</param>
    /// <param name="cancel">Cancels it.</param>
    public async Task<(ContextDescription? Found, string? Why)> LookAsync(
        OutsourceSettings settings,
        Invocation invocation,
        CancellationToken cancel
    ) => await _descriptions.LookAsync(Request(settings, invocation), cancel).ConfigureAwait(false);

    /// <summary>The levels for a document of which there may be no description: then of the built-in tree.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="invocation">The command.</param>
    /// <param name="document">The document with the hashes.</param>
    /// <param name="look">What <see cref="LookAsync"/> found.</param>
    /// <param name="notes">Gets what the operator should know.</param>
    /// <exception cref="UsageException">There is no tree of its release, or something asked for cannot be made.</exception>
    public LevelContext Levels(
        OutsourceSettings settings,
        Invocation invocation,
        ContextDocument document,
        (ContextDescription? Found, string? Why) look,
        LevelNotes notes
    )
    {
        var description =
            look.Found
            ?? LevelContextFile.With(
                _descriptions.BuiltInTree(Request(settings, invocation), look.Why!, document.StraxenVersion),
                document
            );
        if (description.Assumed)
        {
            notes.Warnings.AddRange(
                description.Remarks.Select(r => $"{r}. What is stored on the way, and its size, may differ (tree: assumed).")
            );
        }

        var levels = LevelContextFile.Of(settings, description, LevelContextFile.Table(host, settings));
        var faults = Faults(settings, levels).ToList();
        if (faults.Count > 0)
        {
            throw new UsageException([.. faults.Distinct(StringComparer.Ordinal).Select(f => new Fault(f))]);
        }

        Tell(levels, notes);
        if (settings.NoRemote)
        {
            var there = settings.LocalData.Where(host.Disk.Directory.Exists);
            notes.Notes.Add($"Data is read from local folders only (no_remote): {string.Join(", ", there)}.");
        }

        if (settings is { Uploads: false, Canary: false } && !settings.StageOut.Contains(StageOutLevel.Upper))
        {
            notes.Notes.Add(
                "Results are neither uploaded (--rucio-upload) nor copied to this host (--stage-out=combine,upper): they stay on the "
                    + "staging site."
            );
        }

        return levels;
    }

    private static DescriptionRequest Request(OutsourceSettings settings, Invocation invocation) =>
        new(settings.Context, settings.XedocsVersion, settings.Image.Tag, settings.WorkDir)
        {
            File = settings.ContextFile,
            Refresh = invocation.Options.RefreshContext,
            StraxenVersion = settings.StraxenVersion,
            Image = settings.Image.Path,
            From = settings.ContextFrom,
            SavesPeakCorrelation = settings.SavePeakCorrelation,
            Saltax = settings.Saltax
                ?
                [
                    "--saltax",
                    "--generator-name",
                    settings.GeneratorName,
                    "--nestid",
                    settings.Nestid,
                    "--simu-mode",
                    settings.SimuMode,
                    "--simulation-config",
                    settings.SimulationConfig ?? "",
                ]
                : [],
        };

    private static IEnumerable<string> Faults(OutsourceSettings settings, LevelContext levels)
    {
        var subject = $"context '{UntrustedText.Shown(levels.Description.Name)}' of {levels.Description.Origin}";
        if (settings.Saltax != levels.Description.IsSalted && !levels.Description.Assumed)
        {
            yield return $"{subject} was described {(levels.Description.IsSalted ? "with" : "without")} saltax, but saltax is "
                + $"{settings.Saltax}. Make the description again with --refresh-context, or correct saltax.";
        }

        var fixedDisk = settings is { LowerDiskMb: not null, CombineDiskMb: not null, UpperDiskMb: not null };
        foreach (var detector in levels.Detectors.Where(d => settings.Detector is null || d.Name == settings.Detector))
        {
            foreach (var fault in FaultsOf(levels, detector, subject, fixedDisk ? DiskRequest.Fixed : DiskRequest.Predicted))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<string> FaultsOf(LevelContext levels, DetectorLevels detector, string subject, DiskRequest disk)
    {
        var tree = levels.Tree;
        foreach (var type in levels.Asked[detector.Name].Where(t => tree.Knows(t) && tree[t].SaveWhen == SaveWhen.Never))
        {
            yield return $"include_data_types has {type}, which strax never stores. Remove it.";
        }

        var plans = levels.Table.LedModes.Keys.Append(null).Select(mode => levels.PlanOf(detector, mode)).ToList();
        var stored = plans.SelectMany(p => p.Lower.Stored.Concat(p.Upper.Stored)).Select(s => s.Type).DistinctBy(t => t.Name);
        foreach (var type in stored.Where(t => t.Hash is null))
        {
            yield return $"{subject} has no hash of {type.Name}, which is stored for {detector.Name}. Name a complete description or "
                + "document with --context-file=FILE.";
        }

        foreach (var type in stored.Where(t => t.ItemSize is null && disk == DiskRequest.Predicted))
        {
            yield return $"{subject} does not say how large a row of {type.Name} is, so no disk can be predicted. Set lower_disk, "
                + "combine_disk and upper_disk in [Outsource].";
        }

        foreach (var fault in RawFaults(levels, detector, subject))
        {
            yield return fault;
        }

        foreach (var made in plans.SelectMany(p => p.Lower.Makes).Distinct(StringComparer.Ordinal))
        {
            if (!tree.PluginOf(made).PerChunkAllowed)
            {
                yield return $"{made} is a type of the lower level ({LevelTable.FileName}), but its plugin {tree.PluginOf(made).Class} "
                    + "cannot be run on a part of the chunks. Move it to the upper level in a table of your own (tables_folder).";
            }
        }
    }

    /// <summary>Where the disk of jobs comes from.</summary>
    private enum DiskRequest
    {
        Predicted,
        Fixed,
    }

    private static IEnumerable<string> RawFaults(LevelContext levels, DetectorLevels detector, string subject)
    {
        if (!levels.Tree.Knows(detector.Raw))
        {
            yield return $"{subject} does not have {detector.Raw}, the raw data of {detector.Name}.";
        }
        else if (levels.Tree[detector.Raw] is not { Hash: not null, ItemSize: not null })
        {
            yield return $"{subject} does not give hash and row size of {detector.Raw}, the raw data of {detector.Name}.";
        }
    }

    /// <summary>Types that were asked for and are not stored under their own name.</summary>
    private static void Tell(LevelContext levels, LevelNotes notes)
    {
        foreach (var detector in levels.Detectors)
        {
            foreach (var other in levels.PlanOf(detector, null).NotStored)
            {
                (levels.Tree.Knows(other.Type) ? notes.Notes : notes.Warnings).Add($"{other.Type} is not stored: {other.Why}.");
            }

            if (detector.Disk.FirstSecondsOfContext && levels.FirstSecondsOf(detector) is null)
            {
                notes.Warnings.Add(
                    $"the context's description has no keep_n_seconds_for_monitoring (straxen 3.0.3 and later), so the disk of jobs of "
                        + $"{detector.Name} is predicted as if nothing more were kept at the begin of a run."
                );
            }
        }
    }
}

/// <summary>What the operator should know about the levels.</summary>
internal sealed class LevelNotes
{
    public List<string> Notes { get; } = [];

    public List<string> Warnings { get; } = [];
}
