using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Sites;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>A part that was written.</summary>
/// <param name="Part">The part, without its groups.</param>
/// <param name="Bytes">Size of its file.</param>
public sealed record WrittenPart(WorkflowPart Part, long Bytes);

/// <summary>
/// Writes <c>workflow.yml</c>, the catalogs, the properties and copies of the payload. The workflow is the last file: if it exists,
/// everything exists.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="progress">Counts the written jobs; or null.</param>
public sealed class WorkflowWriter(IFileSystem disk, IProgressDisplay? progress = null)
{
    public const string Schema = "outsource/workflow/1";

    private const UnixFileMode Executable =
        AtomicFile.Public | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Everything on which the workflow depends.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="loaded">The configuration.</param>
    /// <param name="payload">Which payload.</param>
    /// <param name="travel">The files sent with the jobs, as they were read.</param>
    /// <param name="folder">Folder of the plan. Absolute.</param>
    public static string FingerprintOf(IFileSystem disk, LoadedConfiguration loaded, PayloadChoice payload, JobFiles travel, string folder)
    {
        ArgumentNullException.ThrowIfNull(travel);
        var s = loaded.Settings;
        return Fingerprint.Of([
            Schema,
            Fingerprint.OfLines(disk, Path.Combine(folder, JobPlan.FileName)),
            loaded.ProofWord,
            loaded.Tables.Fingerprint,
            s.Name,
            s.Context,
            s.Image.Path,
            s.WorkDir,
            s.PegasusPath,
            s.User,
            s.Home,
            s.Proxy,
            s.PegasusProperties,
            s.NotificationEmail,
            travel.Fingerprint,
            s.XedocsVersion,
            $"{s.Debug} {s.UseXsede} {s.Stage} {payload.Kind}",
            $"{s.RucioUpload} {s.RundbUpdate} {s.IgnoreProcessed} {s.RemoveHeavy} {s.ResourcesTest} {s.Saltax}",
            Fingerprint.List(s.StageOut.Cast<object>()),
            SettingsFingerprint.Retries(s),
            Fingerprint.List(payload.Arguments),
            // Of a workflow in one piece nothing is different.
            .. travel.InParts ? new[] { $"{s.JobsPerPart} {s.PartsAtOnce}" } : []
        ]);
    }

    /// <summary>Writes everything.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="payload">Which payload.</param>
    /// <param name="travel">The files sent with the jobs; the configuration may contain passwords and is written with mode 0600.</param>
    /// <param name="folder">Where to write; while it replaces another workflow, this is not its final place. Absolute.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <exception cref="NothingToDoException">The plan has no jobs; nothing is written.</exception>
    /// <exception cref="UsageException">A file of the program's or the operator's cannot be read, or <c>pegasus_properties</c> sets other
    /// catalogs.</exception>
    public WrittenWorkflow Write(
        LoadedConfiguration loaded,
        JobPlan plan,
        PayloadChoice payload,
        JobFiles travel,
        string folder,
        CancellationToken cancel
    )
    {
        if (plan.Groups.IsEmpty)
        {
            throw new NothingToDoException(
                "nothing to do: no run has a data type to process, so no workflow is written. The ledger says why for each; "
                    + "--target=DryRun shows the reasons."
            );
        }

        ArgumentNullException.ThrowIfNull(travel);
        var settings = loaded.Settings;
        var final = settings.GeneratedFolder;
        travel = CopyPayload(payload, TokenCopy.IsNeeded(settings), travel, folder);
        var fingerprint = FingerprintOf(disk, loaded, payload, travel, folder);
        List<string> heading =
        [
            $"schema: {Schema}",
            $"fingerprint: {fingerprint}",
            $"name: {settings.Name}",
            $"image_proof: {loaded.ProofWord}",
            string.Create(CultureInfo.InvariantCulture, $"planned_at: {settings.Clock.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"),
        ];
        var profile = SiteProfile.Of(disk, settings.SiteProfile);
        IJobWriter jobs = loaded.Levels is { } levels
            ? new LevelJobWriter(settings, payload, profile, levels.Table, travel.Packages)
            : new TypeJobs(settings, payload, profile);
        var writer = new WorkflowFile(settings, jobs);
        var earlier = EarlierOutputsReader.Of(disk, settings, plan, jobs, travel);

        ClearParts(folder);
        writer.Exclude(earlier.Usable);
        var parts = travel.InParts ? WriteParts(writer, plan, settings, folder, heading, cancel) : [];

        var catalogs = new Catalogs(loaded, payload, profile) { InParts = travel.InParts };
        WriteCatalogs(catalogs, settings, travel, folder, (heading, earlier, parts));
        using var file = AtomicFile.Create(disk, Path.Combine(folder, WorkflowFolder.Workflow));
        if (travel.InParts)
        {
            writer.WriteRoot(file.Stream, parts.Select(p => p.Part), profile, heading);
        }
        else
        {
            writer.Write(file.Stream, plan, earlier.Usable, heading, cancel, progress);
        }

        var bytes = file.Stream.Length + parts.Sum(p => p.Bytes);
        WorkflowChecksums.Write(disk, folder, file.Stream);
        file.Commit();
        return new WrittenWorkflow(Path.Combine(final, WorkflowFolder.Workflow), fingerprint, bytes, earlier)
        {
            Parts = parts.Length,
            TooLarge = parts.Count(p => p.Part.Jobs > settings.JobsPerPart),
            Largest = parts.Select(p => p.Part.Jobs).DefaultIfEmpty().Max(),
        };
    }

    /// <summary>Writes the catalogs and the properties, which all parts share.</summary>
    private void WriteCatalogs(
        Catalogs catalogs,
        OutsourceSettings settings,
        JobFiles travel,
        string folder,
        (IReadOnlyList<string> Heading, EarlierOutputs Earlier, ImmutableArray<WrittenPart> Parts) written
    )
    {
        var (final, heading) = (settings.GeneratedFolder, written.Heading);
        var own = travel.OwnProperties is { } properties ? Catalogs.WithoutOurs(settings.PegasusProperties!, properties) : null;
        void Text(string name, string text, UnixFileMode mode = AtomicFile.Public) =>
            AtomicFile.WriteText(disk, Path.Combine(folder, name), text, mode);
        Text(PayloadFiles.Config, travel.Config, AtomicFile.Private);
        Text(WorkflowFolder.Sites, catalogs.Sites(heading));
        Text(WorkflowFolder.Transformations, catalogs.Transformations(Path.Combine(final, WorkflowFolder.Payload), heading));
        Text(WorkflowFolder.Replicas, catalogs.Replicas(final, travel, written.Earlier.Usable, heading, written.Parts));
        // The operator's own properties may contain a password, for example of a catalog in a database.
        Text(
            WorkflowFolder.Properties,
            catalogs.Properties(travel.Properties, own, final, heading),
            own is null ? AtomicFile.Public : AtomicFile.Private
        );
    }

    /// <summary>Deletes the parts of an earlier workflow, of which there may have been more.</summary>
    private void ClearParts(string folder)
    {
        var parts = Path.Combine(folder, WorkflowFolder.Parts);
        if (disk.Directory.Exists(parts))
        {
            disk.Directory.Delete(parts, recursive: true);
        }
    }

    /// <summary>Writes the parts, one after the other.</summary>
    private ImmutableArray<WrittenPart> WriteParts(
        WorkflowFile writer,
        JobPlan plan,
        OutsourceSettings settings,
        string folder,
        IReadOnlyList<string> heading,
        CancellationToken cancel
    )
    {
        var written = ImmutableArray.CreateBuilder<WrittenPart>();
        foreach (var part in WorkflowCut.Parts(plan, settings.JobsPerPart, writer.JobsOf))
        {
            var parts = Path.Combine(folder, WorkflowFolder.Parts);
            AtomicFile.Write(disk, Path.Combine(parts, part.JobList), stream => writer.WriteJobList(stream, part));
            using var file = AtomicFile.Create(disk, Path.Combine(parts, part.File));
            writer.WritePart(file.Stream, part, heading, cancel, progress);
            written.Add(new WrittenPart(part with { Groups = [] }, file.Stream.Length));
            file.Commit();
        }

        return written.DrainToImmutable();
    }

    /// <summary>Copies the payload.</summary>
    /// <returns>The files that are sent, with the checksum of the copied cutax tarball: the original may have been replaced since it was
    /// read.</returns>
    private JobFiles CopyPayload(PayloadChoice payload, bool needsToken, JobFiles travel, string folder)
    {
        foreach (var file in travel.Payload)
        {
            var mode = file.Name is PayloadFiles.Wrapper or PayloadFiles.Unpack or PayloadFiles.PlanPart ? Executable : AtomicFile.Public;
            AtomicFile.Write(disk, Path.Combine(folder, WorkflowFolder.Payload, file.Name), stream => stream.Write(file.Bytes), mode);
        }

        var standIn = Path.Combine(folder, WorkflowFolder.Payload, PayloadFiles.StandIn);
        if (payload.Kind == Payload.Canary || !needsToken)
        {
            AtomicFile.WriteText(disk, standIn, "Jobs that register nothing get no token, and a canary gets no software.\n");
        }
        else
        {
            disk.File.Delete(standIn);
        }

        var copy = JobFiles.CopyOfCutax(folder);
        if (travel.Cutax is null)
        {
            disk.File.Delete(copy);
        }
        else if (travel.Cutax != copy)
        {
            try
            {
                using var source = RegularFile.Open(disk, travel.Cutax);
                AtomicFile.Write(disk, copy, source.CopyTo);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new UsageException(
                    $"the cutax tarball '{travel.Cutax}' cannot be copied to '{copy}': {DiskFault.Why(error)}. Make it readable, "
                        + "or set CUTAX_LOCATION to the cutax to use."
                );
            }

            travel = travel with { CutaxSha256 = Fingerprint.OfFile(disk, copy) };
        }

        return travel;
    }
}
