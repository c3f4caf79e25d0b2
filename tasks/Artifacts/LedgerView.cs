using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Ledger;
using Outsource.Settings.Options;

namespace Outsource.Artifacts;

/// <summary>
/// The ledger as it is after all stages: what FilterModes decided (<see cref="LedgerFile"/>), joined with what PlanChunks could not plan
/// (<see cref="UnplannedFile"/>). Each of the two files has one writer.
/// </summary>
public sealed class LedgerView
{
    /// <summary>The stage whose decision stands in place of FilterModes' one where a line has <see cref="LedgerLine.Was"/>.</summary>
    public const string PlanningStage = nameof(Target.PlanChunks);

    private readonly IFileSystem _disk;
    private readonly string _folder;
    private Unplanned? _unplanned;
    private bool _joined;

    /// <param name="disk">The disk.</param>
    /// <param name="folder">Folder of the workflow. Absolute.</param>
    public LedgerView(IFileSystem disk, string folder)
        : this(disk, folder, new LedgerFile(disk, Path.Combine(folder, LedgerFile.FileName))) { }

    /// <param name="disk">The disk.</param>
    /// <param name="folder">Folder of the workflow. Absolute.</param>
    /// <param name="selection">The ledger as FilterModes left it.</param>
    public LedgerView(IFileSystem disk, string folder, LedgerFile selection)
    {
        (_disk, _folder, Selection) = (disk, folder, selection);
    }

    /// <summary>The ledger as FilterModes left it.</summary>
    public LedgerFile Selection { get; }

    /// <summary>Path of <c>ledger.jsonl</c>.</summary>
    public string FilePath => Selection.FilePath;

    /// <summary>The header, with the totals of all lines as they are now.</summary>
    /// <exception cref="OutsourceException">A file is damaged, was changed since it was written, or is of another version.</exception>
    public LedgerHeader ReadHeader()
    {
        var header = Selection.ReadHeader();
        var totals = header.Totals.ToBuilder();
        foreach (var verdict in Joined()?.Verdicts.Values ?? [])
        {
            totals[ReasonCodes.Spell(Outcome.Process)]--;
            totals[ReasonCodes.Spell(verdict.Outcome)]++;
        }

        return header with
        {
            Totals = totals.ToImmutable(),
        };
    }

    /// <summary>All lines, as a stream.</summary>
    /// <exception cref="OutsourceException">A file is damaged, was changed since it was written, or is of another version.</exception>
    public IEnumerable<LedgerLine> Read() => WithUnplanned(Selection.Read());

    /// <summary>The lines of some units, as a stream.</summary>
    /// <param name="units">Data types, or levels.</param>
    /// <exception cref="OutsourceException">A file is damaged, was changed since it was written, or is of another version.</exception>
    public IEnumerable<LedgerLine> Read(IReadOnlySet<string> units) => WithUnplanned(Selection.Read(units));

    private IEnumerable<LedgerLine> WithUnplanned(IEnumerable<LedgerLine> lines)
    {
        var verdicts = Joined()?.Verdicts;
        return verdicts is null || verdicts.IsEmpty
            ? lines
            : lines.Select(line =>
                line.Run is { } run && verdicts.TryGetValue((run, line.Type), out var verdict)
                    ? line with
                    {
                        Verdict = verdict,
                        Was = line.Verdict,
                        Stage = PlanningStage,
                    }
                    : line
            );
    }

    /// <summary>Counts all lines.</summary>
    public LedgerTotals ReadTotals()
    {
        var totals = new LedgerTotals();
        foreach (var line in Read())
        {
            totals.Add(line);
        }

        return totals;
    }

    /// <summary>
    /// What PlanChunks could not plan of this very ledger; null where it has not run on it. A plan on disk names the file that belongs to
    /// it.
    /// </summary>
    private Unplanned? Joined()
    {
        if (_joined)
        {
            return _unplanned;
        }

        var unplanned = new UnplannedFile(_disk, _folder).Read();
        if (JobPlan.UnplannedOf(_disk, _folder) is { } named && named != unplanned?.Seal)
        {
            throw Broken.Artifact(Path.Combine(_folder, UnplannedFile.FileName), PlanningStage);
        }

        _unplanned = unplanned?.Ledger == Selection.ReadHeader().Seal ? unplanned : null;
        _joined = true;
        return _unplanned;
    }
}
