using System.Globalization;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Model.Levels;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.LoadConfig;

/// <summary>The context of an earlier plan.</summary>
/// <param name="Catalogue">Its document.</param>
/// <param name="Levels">Its levels, if it is a plan by level.</param>
internal sealed record EarlierContext(RecordedContext Catalogue, LevelContext? Levels);

/// <summary>What an earlier plan of the same name means for this command.</summary>
internal static class EarlierPlan
{
    /// <summary>The message if a workflow that was only written is replaced.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="loaded">The new configuration.</param>
    /// <param name="at">When it was written.</param>
    public static string OverWritten(HostEnvironment host, LoadedConfiguration loaded, DateTimeOffset at)
    {
        var settings = loaded.Settings;
        var made = WorkflowName.PlanOf(host, settings.WorkDir, settings.Name);
        var differing =
            made is null || made.Command == loaded.Command ? "" : $" ({string.Join("; ", SettingsArtifact.Differences(made, loaded))})";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"workflow '{settings.Name}' of {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC was only written, never planned or submitted; it is "
                + $"replaced by this one{differing}."
        );
    }

    /// <summary>The message if the plan of other options has the same name; null: none.</summary>
    /// <exception cref="UsageException">It is to be reused, and an argument differs.</exception>
    public static string? Beside(HostEnvironment host, LoadedConfiguration loaded, Invocation invocation)
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
    public static EarlierContext? Context(HostEnvironment host, OutsourceSettings settings)
    {
        var path = Path.Combine(settings.GeneratedFolder, SettingsArtifact.FileName);
        if (settings.ContextFile is not null || !host.Disk.File.Exists(path))
        {
            return null;
        }

        try
        {
            var plan = SettingsArtifact.Read(host, path);
            static (PlanKind, string, string?, string, SourceChoice, string?, string?) Asked(OutsourceSettings s) =>
                (s.Plan, s.Context, s.XedocsVersion, s.Image.Path, s.RunDb, s.StraxenVersion, s.ContextFile);
            return Asked(plan.Settings) == Asked(settings)
                ? new EarlierContext(
                    new RecordedContext(plan.Context with { OnePerStraxen = plan.Proof == ImageProof.Unproven }),
                    plan.Levels
                )
                : null;
        }
        catch (UsageException)
        {
            // Then the plan does not match, and each stage reports that.
            return null;
        }
    }
}
