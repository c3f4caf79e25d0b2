using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;

namespace Outsource.Operator.Locate;

/// <summary>Shows where raw data is.</summary>
/// <param name="context">The run.</param>
/// <param name="found">Where it is.</param>
public sealed class LocateReport(OutsourceContext context, RawPlaces found)
{
    public const string Schema = "outsource/raw-data/1";

    /// <summary>Shows it.</summary>
    /// <exception cref="NothingToDoException">There is none.</exception>
    public void Show()
    {
        if (context.Request.Invocation.Options.Json)
        {
            context.Request.Terminal().Profile.Out.Writer.Write(Json());
        }
        else if (!found.Places.IsEmpty)
        {
            Draw();
        }

        foreach (var remark in found.Remarks)
        {
            context.Messages.Warn(remark + ".");
        }

        if (!found.Missing.IsEmpty)
        {
            context.Messages.Warn(
                $"the run database does not have {Counted.Of(found.Missing.Length, "run")} of those named: {RunRanges.Text(found.Missing)}."
            );
        }

        if (!found.Without.IsEmpty)
        {
            context.Messages.Warn($"no raw data is known of {Counted.Of(found.Without.Length, "run")}: {RunRanges.Text(found.Without)}.");
        }

        if (found.Places.IsEmpty)
        {
            throw new NothingToDoException("no raw data is known of these runs.");
        }

        var there = There.Select(p => p.Run).Distinct().Count();
        context.Messages.Result(
            $"Locate: raw data of {there} of {Counted.Of(found.Runs.Length, "run")} is in Rucio, at {Rses()}."
        );
    }

    private IEnumerable<RawPlace> There => found.Places.Where(p => p is { InRucio: true, State: DataEntry.Transferred });

    private string Rses() =>
        There.Select(p => UntrustedText.Brief(p.Rse)).Distinct(StringComparer.Ordinal).ToList()
            is { Count: > 0 } names
            ? string.Join(", ", names.Order(StringComparer.Ordinal).Take(20))
            : "no RSE";

    private string Json() =>
        JsonOutput.Render(
            new
            {
                Schema,
                found.Runs,
                found.Missing,
                found.Without,
                Remarks = found.Remarks.Select(UntrustedText.Shown),
                Places = found.Places.Select(p => new
                {
                    p.Run,
                    Type = UntrustedText.Shown(p.Type),
                    Rse = UntrustedText.Shown(p.Rse),
                    State = UntrustedText.Shown(p.State),
                    p.InRucio,
                    Hash = p.Hash is { } hash ? UntrustedText.Shown(hash) : null,
                    p.ChunkFiles,
                    p.Bytes,
                    p.SizeMb,
                }),
            }
        );

    private void Draw()
    {
        static string Number(double? value) => value is { } number ? number.ToString("N1", CultureInfo.InvariantCulture) : "-";
        var table = new ReportTable(new RawPlacesTable());
        foreach (var place in found.Places)
        {
            table.AddRow(
                RunDocument.Padded(place.Run),
                UntrustedText.Brief(place.Type),
                UntrustedText.Brief(place.Rse),
                UntrustedText.Brief(place.InRucio ? place.State : $"{place.State}, not in Rucio"),
                UntrustedText.Brief(place.Hash ?? "-"),
                place.ChunkFiles?.ToString("N0", CultureInfo.InvariantCulture) ?? "-",
                Number(place.Bytes / 1e6),
                Number(place.SizeMb)
            );
        }

        context.Request.Terminal().Write(table);
    }
}
