using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>The artifact of PegasusPlan: <c>planned.yml</c>, written only after the planner succeeded.</summary>
public sealed record PlannedWorkflow
{
    public const string FileName = "planned.yml",
        Schema = "outsource/planned/1";

    /// <summary>Fingerprint of workflow, catalogs and properties.</summary>
    public required string Fingerprint { get; init; }

    public required string Name { get; init; }

    /// <summary>Absolute.</summary>
    public required string SubmitDirectory { get; init; }

    /// <summary>The id that its planner gave it.</summary>
    public required string Uuid { get; init; }

    /// <summary>What runs its jobs.</summary>
    public EngineKind Engine { get; init; }

    /// <summary>Null if another engine runs its jobs.</summary>
    public string? PegasusVersion { get; init; }

    /// <summary>Null if another engine runs its jobs.</summary>
    public string? CondorVersion { get; init; }

    /// <summary>The planner's argument vector, program first.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>The command that starts it.</summary>
    public required ImmutableArray<string> StartCommand { get; init; }

    public required DateTimeOffset PlannedAt { get; init; }

    /// <summary>How long the planner took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Its path.</summary>
    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    public void Write(IFileSystem disk, string folder) =>
        YamlFile.Write(
            disk,
            PathIn(folder),
            ("schema", Schema),
            ("fingerprint", Fingerprint),
            ("name", Name),
            ("submit_directory", SubmitDirectory),
            ("workflow_uuid", Uuid),
            ("engine", Spelling.Kebab(Engine.ToString())),
            ("pegasus_version", PegasusVersion),
            ("condor_version", CondorVersion),
            ("planned_at", PlannedAt),
            ("seconds", Seconds),
            ("command", Command),
            ("start_command", StartCommand)
        );

    /// <exception cref="OutsourceException">The file is damaged or of another version.</exception>
    public static PlannedWorkflow Read(IFileSystem disk, string folder)
    {
        var path = PathIn(folder);
        var entries = YamlFile.Read(disk, path, Schema);
        string Text(string key) =>
            entries.GetValueOrDefault(key)
            ?? throw new OutsourceException($"'{path}' has no {key}: plan again with --target=PegasusPlan --replace.");
        T Value<T>(string key)
            where T : IParsable<T> =>
            T.TryParse(Text(key), System.Globalization.CultureInfo.InvariantCulture, out var value)
                ? value
                : throw new OutsourceException(
                    $"'{path}': {key} is '{UntrustedText.Shown(Text(key))}', which is not valid. {YamlReader.RemedyFor(path)}"
                );
        return new PlannedWorkflow
        {
            Fingerprint = Text("fingerprint"),
            Name = Text("name"),
            SubmitDirectory = Text("submit_directory"),
            Uuid = Text("workflow_uuid"),
            Engine = Enum.GetValues<EngineKind>().FirstOrDefault(e => Spelling.Kebab(e.ToString()) == entries.GetValueOrDefault("engine")),
            PegasusVersion = entries.GetValueOrDefault("pegasus_version"),
            CondorVersion = entries.GetValueOrDefault("condor_version"),
            PlannedAt = Value<DateTimeOffset>("planned_at"),
            Seconds = Value<double>("seconds"),
            Command = [],
            StartCommand = [],
        };
    }
}
