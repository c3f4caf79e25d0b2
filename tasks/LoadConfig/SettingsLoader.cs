using System.Collections.Immutable;
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
public sealed class SettingsLoader(
    HostEnvironment host,
    ContextCatalogueFactory? catalogue = null,
    ContextContradictions? contradictions = null,
    Func<OutsourceSettings, string, IWorkflowRegistry>? registry = null
)
{
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

        if (place.Fallback)
        {
            values.Notes.Add($"No configuration was found, so this is the embedded demo ({place.Path}).");
        }
        else if (place.Demo)
        {
            values.Notes.Add($"This is the embedded demo ({place.Path}).");
        }

        if (recorded is not null)
        {
            values.Notes.Add(recorded);
        }

        TellUnknownKeys(file, values);
        var tables = ReadTables(values);
        var resolver = new SettingsResolver(host, place, file, values, invocation, tables);
        var settings = resolver.Resolve();
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

    /// <summary>The name that a command requests; its errors are reported later, with all others.</summary>
    private WorkflowName Proposed(XenonConfigFile file, Invocation invocation) =>
        WorkflowName.Proposed(
            invocation.Options.Name,
            invocation.Options.Name is null && (!invocation.Options.Run.IsEmpty || invocation.Options.RunList is not null)
                ? RunListReader.Read(host, invocation, new ValueReader(file, host, invocation))
                : null,
            host.Now
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

    private static void TellUnknownKeys(XenonConfigFile file, ValueReader values)
    {
        var known = KeyCatalog.In(KeyCatalog.Outsource).Select(k => k.Name).ToList();
        foreach (var value in file.Own(KeyCatalog.Outsource).Where(v => !known.Contains(v.Key)))
        {
            if (KeyCatalog.UploadSwitches.Contains(value.Key) && IsOff(value.Text))
            {
                values.Wrong(
                    $"key '{value.Key}' in [Outsource] belongs to the Python program and has no effect here: the jobs would "
                        + "upload anyway. Remove it, and pass --debug, which uploads and registers nothing.",
                    value.Line
                );
            }
            else if (KeyCatalog.Refused.TryGetValue(value.Key, out var instead))
            {
                if (!IsOff(value.Text))
                {
                    values.Wrong(
                        $"key '{value.Key}' in [Outsource] belongs to the Python program and restricts what is processed; here it has no "
                            + $"effect. Remove it: {instead}.",
                        value.Line
                    );
                }
            }
            else if (KeyCatalog.LooksRestricting(value.Key))
            {
                values.Wrong(
                    $"unknown key '{value.Key}' in [Outsource]{NearestName.Hint(value.Key, known)}: it looks like one that restricts "
                        + "what is processed, or where, but it has no effect. Correct it, or remove it.",
                    value.Line
                );
            }
            else
            {
                values.Warn($"unknown key '{value.Key}' in [Outsource]{NearestName.Hint(value.Key, known)}; it has no effect.", value.Line);
            }
        }

        // A restricting key in a section where it is not read.
        foreach (var section in new[] { KeyCatalog.Basic, KeyCatalog.RunDb })
        {
            foreach (
                var value in file.Own(section).Where(v => KeyCatalog.In(KeyCatalog.Outsource).Any(k => k.Restricts && k.Name == v.Key))
            )
            {
                values.Wrong($"key '{value.Key}' is in [{section}], where it has no effect. Move it to [Outsource].", value.Line);
            }
        }
    }

    /// <summary>Whether a switch is off, or a list empty: then the key can be ignored.</summary>
    private static bool IsOff(string text) => text.Trim().ToLowerInvariant() is "" or "0" or "no" or "false" or "off" or "none";

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
        var recorded = invocation.Options.Reuse ? Recorded(settings) : null;
        var chosen = await new ContextChooser(recorded ?? Contexts(settings, resolver))
            .ChooseAsync(
                new ContextRequest(settings.Context, settings.XedocsVersion),
                settings.Image,
                settings.AcceptImageMismatch || settings.Canary ? ImageMismatch.Accepted : ImageMismatch.Refused,
                cancel
            )
            .ConfigureAwait(false);
        tables = TablesFor(chosen.Document, settings, tables);
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
            [.. values.Notes, .. chosen.Notes],
            [.. values.Warnings, .. chosen.Warnings.Where(_ => !settings.Canary)]
        );
        var straxen = chosen.Document.StraxenVersion;
        var others = registry?.Invoke(settings, straxen);
        var settled = resolver.Name.Resolve(host, invocation, settings, straxen, loaded.Command, others);
        loaded = loaded with { Settings = settings with { Name = settled.Name } };
        var replaced = BesidePlan(loaded, invocation);
        return loaded with { Notes = [.. loaded.Notes, .. new[] { settled.Note, replaced }.OfType<string>()], Resumes = settled.Resumes };
    }

    private IContextCatalogue Contexts(OutsourceSettings settings, SettingsResolver resolver) =>
        (
            settings.ContextFile is { } path
                ? new FileContextCatalogue(host.Disk, path)
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

    /// <summary>The message if the plan of other options has the same name; null: none.</summary>
    /// <exception cref="UsageException">It is to be reused, and an argument differs.</exception>
    private string? BesidePlan(LoadedConfiguration loaded, Invocation invocation)
    {
        var settings = loaded.Settings;
        if (WorkflowName.Looks(invocation))
        {
            return null;
        }

        if (WorkflowName.PlanOf(host, settings.WorkDir, settings.Name, out var unreadable) is not { } made)
        {
            return unreadable is null || invocation.Options.Reuse
                ? null
                : $"plan '{settings.Name}' cannot be read and is replaced by this one: {unreadable}";
        }

        if (made.Command == loaded.Command)
        {
            return null;
        }

        if (!invocation.Options.Reuse)
        {
            return $"plan '{settings.Name}' was made with other options or settings "
                + $"({string.Join("; ", SettingsArtifact.Differences(made, loaded))}) "
                + "and is replaced by this one.";
        }

        // An argument of the plan that is not reused, such as --force, or one of this command.
        var typed = SettingsArtifact.Differences(
            made,
            loaded,
            s =>
                new[] { made.Settings, settings }.Any(o =>
                    o.Origins.GetValueOrDefault(s, "").StartsWith("argument ", StringComparison.Ordinal)
                )
        );
        if (typed.Count > 0 && !invocation.Replaces && WorkflowName.Writes(invocation))
        {
            throw new UsageException(
                $"--reuse uses plan '{settings.Name}' unchanged, but an argument differs: {string.Join("; ", typed)}. "
                    + "Pass the arguments of the plan, or leave out --reuse to plan again."
            );
        }

        return typed.Count > 0
            ? $"plan '{settings.Name}' is not reused, because an argument differs: {string.Join("; ", typed)}."
            : null;
    }

    /// <summary>The context document of the reused plan, if a service would be asked for the same one; else null.</summary>
    private RecordedContext? Recorded(OutsourceSettings settings)
    {
        var path = Path.Combine(settings.GeneratedFolder, SettingsArtifact.FileName);
        if (settings.ContextFile is not null || !host.Disk.File.Exists(path))
        {
            return null;
        }

        try
        {
            var plan = SettingsArtifact.Read(host, path);
            static (string, string?, string, SourceChoice, string?, string?) Asked(OutsourceSettings s) =>
                (s.Context, s.XedocsVersion, s.Image.Path, s.RunDb, s.StraxenVersion, s.ContextFile);
            return Asked(plan.Settings) == Asked(settings)
                ? new RecordedContext(plan.Context with { OnePerStraxen = plan.Proof == ImageProof.Unproven })
                : null;
        }
        catch (UsageException)
        {
            // Then the plan does not match, and each stage reports that.
            return null;
        }
    }
}
