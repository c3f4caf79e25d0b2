using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Calibrating;
using Outsource.Settings.Options;

namespace Outsource.Operator.Calibrate;

/// <summary>What a calibration found of a family and amount, as it is kept and shown.</summary>
/// <param name="Family">The family.</param>
/// <param name="Amount">The amount.</param>
/// <param name="Jobs">Finished jobs.</param>
/// <param name="Used">The least and the greatest that a job used.</param>
/// <param name="Panel">Waste against holds; empty: too few jobs.</param>
/// <param name="Best">The line that is proposed, in words; null: too few jobs.</param>
public sealed record CalibrateRow(string Family, Amount Amount, int Jobs, (double Least, double Most) Used, WastePanel Panel, string? Best)
{
    /// <summary>What first tries ask for, the least and the greatest; null: not known.</summary>
    public (double Least, double Most)? Asked { get; init; }

    /// <summary>How many finished in each try, from the first.</summary>
    public ImmutableArray<int> FinishedInTry { get; init; } = [];

    /// <summary>The row of what was fitted.</summary>
    public static CalibrateRow Of(CalibratedFamily family)
    {
        ArgumentNullException.ThrowIfNull(family);
        var (fit, unit) = (family.Possible, UnitOf(family.Fit.Amount));
        return new CalibrateRow(
            fit.Family,
            fit.Amount,
            fit.Jobs,
            fit.Used,
            new WastePanel(
                $"{fit.Family}, {Word(fit.Amount)}",
                unit,
                [.. fit.Fits.Select(f => new WastePoint(Percent(f.Share), f.Cost.OverShare, f.Cost.Waste))],
                fit.Now is { } now ? new WastePoint("now", now.OverShare, now.Waste) : null
            ),
            fit.Best is { } best ? $"{Percent(best.Share)}: {Line(family, best.Share, best.Line)} {unit}" : null
        )
        {
            Asked = fit.Asked,
            FinishedInTry = fit.FinishedInTry,
        };
    }

    /// <summary>The word of an amount.</summary>
    public static string Word(Amount amount) => Spelling.Kebab(amount.ToString());

    /// <summary>The unit of an amount.</summary>
    public static string UnitOf(Amount amount) => amount == Amount.Time ? "h" : "MB";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    /// <summary>The line; where requests are one number, also what the need is like.</summary>
    private static string Line(CalibratedFamily family, double share, QuantileLine line)
    {
        var need = family.Fit.Fits.FirstOrDefault(f => f.Share == share)?.Line;
        return line.Slope == 0 && need is { Slope: > 0 } && !family.FollowsInput ? $"{Text(line)} (by input: {Text(need)})" : Text(line);
    }

    private static string Text(QuantileLine line)
    {
        var constant = line.Constant.ToString(line.Constant < 10 ? "0.####" : "N0", CultureInfo.InvariantCulture);
        return line.Slope == 0 ? constant : $"{line.Slope.ToString("0.####", CultureInfo.InvariantCulture)} x input MB + {constant}";
    }
}

/// <summary>
/// <c>calibrate.jsonl</c>: a head with a seal, one line for each family and amount, then one for each proposal. The report shows it.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">The workflow's folder. Absolute.</param>
public sealed class CalibrateFile(IFileSystem disk, string folder)
{
    public const string FileName = "calibrate.jsonl",
        Picture = "calibrate.svg",
        ConfigurationDiff = "calibrate-config.diff",
        LevelsDiff = "calibrate-levels.diff",
        Schema = "outsource/calibrate/1";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = VisibleJson.Encoder,
    };

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, FileName);

    /// <summary>Writes it.</summary>
    /// <param name="at">When, UTC.</param>
    /// <param name="rows">What was fitted.</param>
    /// <param name="proposals">What is proposed.</param>
    public void Write(DateTimeOffset at, ImmutableArray<CalibrateRow> rows, ImmutableArray<Proposal> proposals)
    {
        using var file = AtomicFile.Create(disk, Path);
        void Line(object line)
        {
            JsonSerializer.Serialize(file.Stream, line, Options);
            file.Stream.WriteByte((byte)'\n');
        }

        Line(new { Schema, Seal = Seal.Blank, At = at });
        foreach (var row in rows)
        {
            Line(Document(row));
        }

        foreach (var proposal in proposals)
        {
            Line(Document(proposal));
        }

        Seal.Close(file.Stream);
        file.Commit();
    }

    /// <summary>A row as a document.</summary>
    public static object Document(CalibrateRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new
        {
            row.Family,
            Amount = CalibrateRow.Word(row.Amount),
            Unit = CalibrateRow.UnitOf(row.Amount),
            row.Jobs,
            UsedLeast = row.Used.Least,
            UsedMost = row.Used.Most,
            AskedLeast = row.Asked?.Least,
            AskedMost = row.Asked?.Most,
            FinishedInTry = row.FinishedInTry.AsEnumerable(),
            row.Best,
            Now = row.Panel.Now is { } now ? Document(now) : null,
            Quantiles = row.Panel.Points.Select(Document),
        };
    }

    /// <summary>A proposal as a document.</summary>
    public static object Document(Proposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return new
        {
            In = Spelling.Kebab(proposal.Place.ToString()),
            proposal.Key,
            proposal.Old,
            proposal.New,
            proposal.Why,
        };
    }

    /// <summary>What was found and proposed, and when.</summary>
    /// <exception cref="OutsourceException">It is damaged, was changed since it was written, or is of another version.</exception>
    public CalibrateSummary Read()
    {
        if (!Seal.Holds(disk, Path))
        {
            throw Broken.Artifact(Path, nameof(Target.Calibrate));
        }

        try
        {
            var panels = ImmutableArray.CreateBuilder<WastePanel>();
            var proposals = ImmutableArray.CreateBuilder<Proposal>();
            DateTimeOffset? at = null;
            foreach (var piece in new JsonLines(disk, Path, "calibration").Documents())
            {
                using var json = JsonDocument.Parse(piece.Json);
                var root = json.RootElement;
                if (at is null)
                {
                    at = root.GetProperty("schema").GetString() == Schema
                        ? root.GetProperty("at").GetDateTimeOffset()
                        : throw new FormatException("another version");
                }
                else if (root.TryGetProperty("family", out var family))
                {
                    panels.Add(PanelOf(family.GetString()!, root));
                }
                else
                {
                    proposals.Add(ProposalOf(root));
                }
            }

            return new CalibrateSummary(at ?? throw new FormatException("empty"), panels.ToImmutable(), proposals.ToImmutable());
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new OutsourceException(
                $"'{Path}' is not a calibration of this version ({Schema}). Run --target=Calibrate again.",
                ExitCodes.Usage
            );
        }
    }

    private static object Document(WastePoint point) =>
        new
        {
            point.Label,
            OverShare = point.Over,
            point.Waste,
        };

    private static WastePanel PanelOf(string family, JsonElement root) =>
        new(
            $"{family}, {root.GetProperty("amount").GetString()}",
            root.GetProperty("unit").GetString()!,
            [.. root.GetProperty("quantiles").EnumerateArray().Select(PointOf)],
            root.GetProperty("now") is { ValueKind: JsonValueKind.Object } now ? PointOf(now) : null
        );

    private static WastePoint PointOf(JsonElement point) =>
        new(point.GetProperty("label").GetString()!, point.GetProperty("over_share").GetDouble(), point.GetProperty("waste").GetDouble());

    private static Proposal ProposalOf(JsonElement root) =>
        new(
            Enum.GetValues<ProposedIn>().Single(p => Spelling.Kebab(p.ToString()) == root.GetProperty("in").GetString()),
            root.GetProperty("key").GetString()!,
            root.GetProperty("old").GetString(),
            root.GetProperty("new").GetString()!,
            root.GetProperty("why").GetString()!
        );
}

/// <summary>A calibration as it was kept.</summary>
/// <param name="At">When it was made, UTC.</param>
/// <param name="Panels">Waste against holds, by family and amount.</param>
/// <param name="Proposals">What was proposed.</param>
public sealed record CalibrateSummary(DateTimeOffset At, ImmutableArray<WastePanel> Panels, ImmutableArray<Proposal> Proposals);
