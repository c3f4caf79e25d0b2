using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;

namespace Outsource.Operator.Relay;

/// <summary>
/// What an earlier workflow was made with. What it made is only of use with the same context description: else hashes differ, and its
/// parts would be put together with others.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="source">The earlier workflow.</param>
public sealed partial class RelayOrigin(OutsourceContext context, SourceWorkflow source)
{
    /// <summary>The record of it, for the stages.</summary>
    /// <param name="loaded">The configuration here.</param>
    /// <param name="runs">What it planned.</param>
    /// <exception cref="UsageException">It was made with another context, or context description.</exception>
    public EarlierFile Record(LoadedConfiguration loaded, IReadOnlyList<RelayRun> runs)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(runs);
        CheckContext(loaded, runs[0]);
        var (theirs, ours) = (DescriptionOf(source.Folder), loaded.Levels!.Description.Digest);
        if (theirs is not null && ours is not null && theirs != ours)
        {
            throw new UsageException(
                $"workflow '{source.Name}' was made with another context description (sha256 {theirs}) than the one here (sha256 {ours}), "
                    + "so its data has other hashes. Name the description that it was made with, by --context-file=FILE; or submit its "
                    + "runs anew with --target=Submit."
            );
        }

        CheckHashes(loaded, runs);
        return new EarlierFile
        {
            Workflow = source.Name,
            Folder = source.Folder,
            Outputs = [.. new[] { source.Outputs, source.OwnOutputs }.OfType<string>().Distinct(StringComparer.Ordinal)],
            ContextDescription = theirs,
            Fingerprint = FingerprintOf(source.Folder),
            Groups = [.. runs.Select(r => new EarlierGroups(r.Run, r.Detector, r.Groups))],
        };
    }

    private void CheckContext(LoadedConfiguration loaded, RelayRun run)
    {
        var settings = loaded.Settings;
        if (
            (run.Context.Length > 0 && run.Context != settings.Context)
            || (run.XedocsVersion is { Length: > 0 } version && version != settings.XedocsVersion)
        )
        {
            throw new UsageException(
                $"workflow '{source.Name}' was made with context {UntrustedText.Brief(run.Context)} and corrections "
                    + $"{UntrustedText.Brief(run.XedocsVersion ?? "none")}, but --context and --xedocs-version say {settings.Context} and "
                    + $"{settings.XedocsVersion ?? "none"}. Leave them out: Relay takes those of the workflow."
            );
        }
    }

    /// <summary>Names of outputs have the types of their level with their hashes, unless they would be too long.</summary>
    private void CheckHashes(LoadedConfiguration loaded, IReadOnlyList<RelayRun> runs)
    {
        var hashes = loaded.Levels!.Hashes;
        var other = runs.SelectMany(r => r.Outputs)
            .SelectMany(o => TypeAndHash().Matches(o))
            .Select(m => (Type: m.Groups["type"].Value, Hash: m.Groups["hash"].Value))
            .FirstOrDefault(t => hashes.TryGetValue(t.Type, out var here) && here != t.Hash);
        if (other.Type is not null)
        {
            throw new UsageException(
                $"workflow '{source.Name}' was made with another context description: {other.Type} has hash {other.Hash} there, and "
                    + $"{hashes[other.Type]} here (sha256 {loaded.Levels.Description.Digest ?? "unknown"}). Name the description that it "
                    + "was made with, by --context-file=FILE; or submit its runs anew with --target=Submit."
            );
        }
    }

    private string? DescriptionOf(string folder)
    {
        var path = Path.Combine(folder, SettingsArtifact.FileName);
        return
            context.Disk.File.Exists(path)
            && YamlReader.Root(context.Disk, path)["context_description"] is YamlScalar { IsNull: false } said
            ? said.Text
            : null;
    }

    private string? FingerprintOf(string folder) =>
        context.Disk.File.Exists(Path.Combine(folder, JobPlan.FileName)) ? JobPlan.Read(context.Disk, folder).Fingerprint : null;

    [GeneratedRegex("-(?<type>[a-z][a-z0-9_]*)-(?<hash>[a-z2-7]{10})(?=-)", RegexOptions.CultureInvariant)]
    private static partial Regex TypeAndHash();
}
