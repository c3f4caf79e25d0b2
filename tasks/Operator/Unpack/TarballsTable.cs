using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;
using Spectre.Console;

namespace Outsource.Operator.Unpack;

/// <summary>Tarballs to be unpacked.</summary>
public sealed class TarballsTable()
    : TableShape("--json", Column.Key("Run"), Column.Text("Level"), Column.Number("MB"), Column.Text("Into"), Column.Exact("Tarball"))
{
    /// <summary>Draws them.</summary>
    public static void Draw(IAnsiConsole console, IEnumerable<StagedTarball> tarballs)
    {
        var table = new ReportTable(new TarballsTable());
        foreach (var tarball in tarballs)
        {
            table.AddRow(
                RunDocument.Padded(tarball.Run),
                tarball.Level.ToString().ToLowerInvariant(),
                (tarball.Bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture),
                tarball.Folder,
                tarball.Name
            );
        }

        console.Write(table);
    }
}
