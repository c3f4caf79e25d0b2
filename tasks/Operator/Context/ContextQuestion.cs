using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Model.Levels;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Operator.Context;

/// <summary>
/// What <c>--target=Context</c> is asked. It reads only the settings that it needs, so that it works where nothing can be planned yet.
/// </summary>
/// <param name="Request">Which description.</param>
/// <param name="Table">The table of levels.</param>
/// <param name="Types">The types that are asked for; empty: all that can be asked for.</param>
/// <param name="Detector">Only this one, or null.</param>
/// <param name="Mode">The mode of the runs, or null: any that is no LED mode.</param>
public sealed record ContextQuestion(
    DescriptionRequest Request,
    LevelTable Table,
    ImmutableArray<string> Types,
    string? Detector,
    string? Mode
)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="UsageException">A setting, the table or a type is not valid; all errors together.</exception>
    public static ContextQuestion Read(HostEnvironment host, Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(invocation);
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, ConfiguredPlaces.Variables(host));
        var values = new ValueReader(file, host, invocation);
        string? Text(string setting) => values.Text(SettingCatalog.ByName[setting], out _);
        var table = new LevelTableReader(host.Disk).Read(
            Path.Combine(host.DataFolder, "tables"),
            values.FilePath(SettingCatalog.ByName["tables_folder"], out _)
        );
        var request = new DescriptionRequest(
            Text("context") ?? "",
            Text("xedocs_version"),
            Tag(Text("image"), values),
            values.Folder(SettingCatalog.ByName["work_dir"])
        )
        {
            File = values.FilePath(SettingCatalog.ByName["context_file"], out _),
            Refresh = invocation.Options.RefreshContext,
            StraxenVersion = Text("straxen_version"),
        };
        if (request.Context.Length == 0)
        {
            values.Wrong("context is not set. Pass --context=NAME, or set it in [Outsource].");
        }

        var detector = Text("detector") is { } named and not "all" ? named : null;
        if (detector is not null && table.Detectors.All(d => d.Name != detector))
        {
            values.Wrong($"'{detector}' is not a valid --detector: {string.Join(", ", table.Detectors.Select(d => d.Name))} or all.");
        }

        var modes = values.Read(SettingCatalog.ByName["mode"]) is ImmutableArray<string> { Length: > 0 } given ? given : [];
        if (modes.Length > 1)
        {
            values.Wrong($"--mode={string.Join(',', modes)}: this target shows the levels for one mode. Pass one.");
        }

        CheckTypes(invocation.Options.Asked, table, values);
        ConfiguredPlaces.ThrowIfAny(values.Faults, file.Path);
        return new ContextQuestion(request, table, invocation.Options.Asked, detector, modes.IsEmpty ? null : modes[0]);
    }

    /// <summary>The answer for a description.</summary>
    public ContextAnswer Answer(ContextDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        var asked = Types.IsEmpty ? [.. Table.Detectors.SelectMany(d => d.Possible)] : Types;
        var plans = Table
            .Detectors.Where(d => Detector is null || d.Name == Detector)
            .Select(d => LevelPlan.Of(description.Tree, Table, d, asked, Mode))
            .Where(p => p.Lower.Types.Length + p.Upper.Types.Length + p.NotStored.Length > 0);
        return new ContextAnswer(this, description, [.. plans]);
    }

    private static string? Tag(string? image, ValueReader values)
    {
        if (image is null)
        {
            return null;
        }

        var parsed = ImageReferences.Parse(image, out var fault);
        if (fault is not null)
        {
            values.Wrong($"image '{UntrustedText.Shown(image)}' is not valid: {fault}.");
        }

        return parsed?.Tag;
    }

    private static void CheckTypes(ImmutableArray<string> types, LevelTable table, ValueReader values)
    {
        var possible = table.Detectors.SelectMany(d => d.Possible).ToList();
        foreach (var type in types.Select(t => t.TrimStart('+')).Where(t => !possible.Contains(t)))
        {
            values.Wrong(
                $"'{UntrustedText.Shown(type)}' is not a valid data type of --asked{NearestName.Hint(type, possible)}. "
                    + string.Join(" ", table.Detectors.Select(d => $"{d.Name}: {string.Join(", ", d.Possible)}."))
            );
        }
    }
}
