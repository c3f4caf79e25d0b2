using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Model.Tables;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.LoadConfig;

/// <summary>Creates the catalogue of contexts if no file is named; null if there is none.</summary>
public delegate IContextCatalogue? ContextCatalogueFactory(OutsourceSettings settings, RunDbCredentials credentials);

/// <summary>Every hash in which another source of contexts differs from the chosen document.</summary>
public delegate Task<IReadOnlyList<Fault>> ContextContradictions(
    OutsourceSettings settings,
    Func<RunDbCredentials> credentials,
    ContextDocument chosen,
    CancellationToken cancel
);

/// <summary>
/// Turns the command line into settings that later stages can trust: from the option, or else the file, or else the default. Everything is
/// checked, and all errors are reported together.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="catalogue">Contexts if no file is named, or null.</param>
/// <param name="contradictions">Differences between other sources and the chosen document, or null: they are not asked.</param>
/// <param name="registry">Owners and states of the workflows below a work_dir; null: none.</param>
/// <param name="programs">Runs python3, to describe a context; null: no program can be run.</param>
public sealed class SettingsLoader(
    HostEnvironment host,
    ContextCatalogueFactory? catalogue = null,
    ContextContradictions? contradictions = null,
    Func<OutsourceSettings, string, IWorkflowRegistry>? registry = null,
    IProgramRunner? programs = null
)
{
    private readonly DescribedLevels _levels = new(host, programs);

    /// <summary>Loads everything from the start.</summary>
    /// <exception cref="UsageException">An error in arguments, configuration, tables or context; all errors together if
    /// possible.</exception>
    public async Task<LoadedConfiguration> LoadAsync(Invocation invocation, CancellationToken cancel)
    {
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, ConfiguredPlaces.Variables(host));
        invocation = RecordedArguments.Complete(
            host,
            invocation,
            new ValueReader(file, host, invocation).Folder(SettingCatalog.ByName["work_dir"]),
            Proposed(file, invocation),
            out var recorded
        );
        var values = new ValueReader(file, host, invocation);
        values.Faults.AddRange(file.Faults);
        if (!file.Has(KeyCatalog.Outsource))
        {
            values.Faults.Add(
                new Fault(
                    $"there is no section [Outsource]{NearestName.Hint(KeyCatalog.Outsource, file.Sections)}. Add it "
                        + "(docs/configuration.md); the name is case-sensitive.",
                    file.Path
                )
            );
            throw new UsageException(values.Faults);
        }

        if (file.HasByteOrderMark)
        {
            values.Warn("the file begins with a byte-order mark, which the jobs cannot read. Save it without one.", 1);
        }

        values.Notes.AddRange(new[] { OfDemo(place), recorded }.OfType<string>());
        UnknownKeys.Tell(file, values);
        var tables = ReadTables(values);
        var resolver = new SettingsResolver(host, place, file, values, invocation, tables);
        var settings = resolver.Resolve();
        UnknownKeys.TellUnread(values, settings.Plan);
        if (invocation.Verbosity is "verbose" or "diagnostic")
        {
            values.Notes.AddRange(UnknownKeys.Unused(file, settings.Plan));
        }

        if (!settings.Canary)
        {
            CheckWhatTravels(settings, file, values.Faults);
        }

        if (invocation.Exclusive && invocation.Options.Name is null && settings.WorkDir != "/")
        {
            values.Faults.AddRange(WorkflowName.Needed(host, settings.WorkDir, invocation.Task).Faults);
        }

        ConfiguredPlaces.ThrowIfAny(values.Faults, file.Path);
        return await WithContextAsync(settings, resolver, tables!, values, invocation, cancel).ConfigureAwait(false);
    }

    /// <summary>That the demo is used; null: it is not.</summary>
    private static string? OfDemo(ConfigurationPlace place) =>
        place.Fallback ? $"No configuration was found, so this is the embedded demo ({place.Path})."
        : place.Demo ? $"This is the embedded demo ({place.Path})."
        : null;

    /// <summary>The name that a command requests; its errors are reported later, with all others.</summary>
    private WorkflowName Proposed(XenonConfigFile file, Invocation invocation) =>
        WorkflowName.Proposed(
            invocation.Options.Name,
            invocation.Options.Name is null && (!invocation.Options.Run.IsEmpty || invocation.Options.RunList is not null)
                ? RunListReader.Read(host, invocation, new ValueReader(file, host, invocation))
                : null,
            host.Now,
            new PlanChoice(new ValueReader(file, host, invocation)).Read()
        );

    /// <summary>Refuses values that would stop every job before it begins.</summary>
    private void CheckWhatTravels(OutsourceSettings settings, XenonConfigFile file, List<Fault> faults)
    {
        try
        {
            // A value that we read ourselves may already be refused.
            faults.AddRange(
                ReducedConfig
                    .Faults(file, JobKeys.Read(host.Disk, settings.TablesFolder))
                    .Where(f => !faults.Exists(told => told.File == f.File && told.Line == f.Line))
                    .ToList()
            );
        }
        catch (UsageException error)
        {
            faults.AddRange(error.Faults);
        }
    }

    private DataTables? ReadTables(ValueReader values)
    {
        try
        {
            return TablesReader.Read(
                host.Disk,
                Path.Combine(host.DataFolder, "tables"),
                values.FilePath(SettingCatalog.ByName["tables_folder"], out _)
            );
        }
        catch (UsageException error)
        {
            values.Faults.AddRange(
                error.Faults.Select(f =>
                    f.File is null
                    && values.Origins["tables_folder"] != "default"
                    && values.LineOf("tables_folder") is { } line
                    && !values.Origins["tables_folder"].StartsWith("argument", StringComparison.Ordinal)
                        ? f with
                        {
                            File = values.ConfigPath,
                            Line = line,
                        }
                        : f
                )
            );
            return null;
        }
    }

    private async Task<LoadedConfiguration> WithContextAsync(
        OutsourceSettings settings,
        SettingsResolver resolver,
        DataTables tables,
        ValueReader values,
        Invocation invocation,
        CancellationToken cancel
    )
    {
        var recorded = invocation.Options.Reuse ? EarlierPlan.Context(host, settings) : null;
        var described = settings.ByLevel && recorded is null
            ? await _levels.LookAsync(settings, invocation, cancel).ConfigureAwait(false)
            : (recorded?.Levels?.Description, null);
        var chosen = await new ContextChooser(recorded?.Catalogue ?? Contexts(described.Found, settings, resolver))
            .ChooseAsync(
                new ContextRequest(settings.Context, settings.XedocsVersion),
                settings.Image,
                settings.AcceptImageMismatch || settings.Canary ? ImageMismatch.Accepted : ImageMismatch.Refused,
                cancel
            )
            .ConfigureAwait(false);
        var notes = new LevelNotes();
        var levels = settings.ByLevel ? _levels.Levels(settings, invocation, chosen.Document, described, notes) : null;
        tables = levels is null ? TablesFor(chosen.Document, settings, tables) : tables;
        if (contradictions is not null && !settings.Canary && recorded is null)
        {
            var differing = await contradictions(settings, () => resolver.Credentials, chosen.Document, cancel).ConfigureAwait(false);
            values.Warnings.AddRange(Accepted(differing, settings));
        }

        var loaded = new LoadedConfiguration(
            settings,
            chosen.Document,
            chosen.Proof,
            tables,
            [.. values.Notes, .. notes.Notes, .. chosen.Notes],
            [.. values.Warnings, .. notes.Warnings, .. chosen.Warnings.Where(_ => !settings.Canary)]
        )
        {
            Levels = levels,
        };
        var name = await new OwnCode(host, programs).NameAsync(resolver.Name, settings, invocation, cancel).ConfigureAwait(false);
        return Settled(loaded, name, invocation);
    }

    /// <summary>The configuration with the workflow's name, which depends on those that there are.</summary>
    private LoadedConfiguration Settled(LoadedConfiguration loaded, WorkflowName name, Invocation invocation)
    {
        var settings = loaded.Settings;
        var straxen = loaded.Context.StraxenVersion;
        var others = registry?.Invoke(settings, straxen);
        var settled = name.Resolve(host, invocation, settings, straxen, loaded.Command, others);
        loaded = loaded with { Settings = settings with { Name = settled.Name } };
        var replaced = settled.OverWritten is { } at
            ? EarlierPlan.OverWritten(host, loaded, at)
            : EarlierPlan.Beside(host, loaded, invocation);
        return loaded with
        {
            Notes = [.. loaded.Notes, .. new[] { settled.Note, replaced }.OfType<string>()],
            Resumes = settled.Resumes,
            OverWritten = settled.OverWritten is not null,
        };
    }

    private IContextCatalogue Contexts(ContextDescription? described, OutsourceSettings settings, SettingsResolver resolver) =>
        (
            described is not null ? new RecordedContext(described.Document)
            : settings.ContextFile is { } path ? new FileContextCatalogue(host.Disk, path)
            : catalogue?.Invoke(settings, resolver.Credentials)
        )
        ?? throw new UsageException(
            $"there is no source of context documents for '{settings.Context}'. Pass a file with --context-file=FILE, or set "
                + "context_file in [Outsource]."
        );

    /// <summary>The tables for the releases of a context.</summary>
    /// <exception cref="UsageException">A requested data type is not in that release, or has no hash.</exception>
    private static DataTables TablesFor(ContextDocument document, OutsourceSettings settings, DataTables tables)
    {
        var outOfRelease = settings.DataTypes.Select(t => tables.DataTypes[t].ReleasedFor(document)).OfType<string>().ToList();
        if (outOfRelease.Count > 0)
        {
            throw new UsageException([.. outOfRelease.Select(f => new Fault(f))]);
        }

        tables = tables.For(document);
        var asked = settings
            .DataTypes.Select(t => tables.DataTypes[t])
            .Where(t => settings.Detector is null || t.Detector == settings.Detector);
        return ContextHashes.Missing(document, asked, tables) is { Count: > 0 } missing ? throw new UsageException(missing) : tables;
    }

    /// <summary>The differences to other sources, as warnings.</summary>
    /// <exception cref="UsageException">There are differences, and they were not accepted.</exception>
    private static IEnumerable<string> Accepted(IReadOnlyList<Fault> differing, OutsourceSettings settings) =>
        differing.Count == 0 || settings.AcceptImageMismatch
            ? differing.Select(f => $"{f.Text} Accepted with --accept-image-mismatch.")
            : throw new UsageException([
                .. differing,
                new Fault(
                    "The jobs may make data with hashes other than expected. Source the environment that matches the image, correct the "
                        + "document, or pass --accept-image-mismatch to continue anyway."
                ),
            ]);
}
