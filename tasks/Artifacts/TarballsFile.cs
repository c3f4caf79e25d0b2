using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>
/// The artifact <c>tarballs.yml</c>: which packages of the operator the jobs install, and exactly which sources are in them.
/// </summary>
public static class TarballsFile
{
    public const string FileName = "tarballs.yml",
        Schema = "outsource/tarballs/1";

    /// <summary>Most changed files that are named; the number of all is written in any case.</summary>
    private const int MostDirty = 1000;

    /// <summary>Writes it.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The workflow's folder. Absolute.</param>
    /// <param name="tarballs">The tarballs, in the order of the configuration.</param>
    public static void Write(IFileSystem disk, string folder, IReadOnlyList<PackageTarball> tarballs)
    {
        ArgumentNullException.ThrowIfNull(tarballs);
        var text = new StringBuilder($"schema: {Schema}\n");
        text.Append(tarballs.Count == 0 ? "packages: []\n" : "packages:\n");
        foreach (var tarball in tarballs)
        {
            void Line(string key, string value, string before = "    ") => text.Append($"{before}{key}: {value}\n");
            Line("name", YamlText.Quote(tarball.Name), "  - ");
            Line("file", YamlText.Quote(tarball.FileName));
            // Our own lies in the workflow's folder, which is renamed when it is complete.
            Line("path", YamlText.Quote(tarball.Shared ? tarball.Path : $"{WorkflowFolder.Payload}/{tarball.FileName}"));
            Line("shared", tarball.Shared ? "true" : "false");
            Line("sha256", Quoted(tarball.Sha256));
            Line("bytes", Number(tarball.Bytes));
            Line("unpacked_bytes", Number(tarball.Unpacked));
            Line("files", Number(tarball.Files));
            Line("version", Quoted(tarball.Version));
            Line("commit", Quoted(tarball.Commit));
            Line("work_tree", Quoted(tarball.WorkTree));
            Line("dirty_files", Number(tarball.Dirty.Length));
            Line("dirty", $"[{string.Join(", ", tarball.Dirty.Take(MostDirty).Select(YamlText.Quote))}]");
        }

        AtomicFile.WriteText(disk, Path.Combine(folder, FileName), Seal.OfYaml(text.ToString()));
    }

    /// <summary>Reads it; empty where there is none.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The workflow's folder. Absolute.</param>
    /// <exception cref="OutsourceException">It is not valid, or of another version.</exception>
    public static ImmutableArray<PackageTarball> Read(IFileSystem disk, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var path = Path.Combine(folder, FileName);
        if (!disk.File.Exists(path))
        {
            return [];
        }

        var root = YamlReader.Root(disk, path);
        return root.Text("schema") == Schema
            ? [.. root.Maps("packages").Select(map => Of(map, path, folder))]
            : throw new DamagedYamlException(path, $"its schema is not {Schema}");
    }

    private static PackageTarball Of(YamlMap map, string path, string folder)
    {
        string Needed(string key) => map.TextOrNull(key) ?? throw new DamagedYamlException(path, $"a package has no {key}", map.Line);
        long Whole(string key) =>
            long.TryParse(Needed(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new DamagedYamlException(path, $"{key} is not a number", map.Line);
        return new PackageTarball(Needed("name"), Needed("file"), Path.Combine(folder, Needed("path")))
        {
            Shared = Needed("shared") == "true",
            Sha256 = map.TextOrNull("sha256"),
            Bytes = Whole("bytes"),
            Unpacked = Whole("unpacked_bytes"),
            Files = (int)Math.Min(Whole("files"), int.MaxValue),
            Version = map.TextOrNull("version"),
            Commit = map.TextOrNull("commit"),
            WorkTree = map.TextOrNull("work_tree"),
            Dirty = map.Texts("dirty"),
        };
    }

    private static string Quoted(string? text) => text is null ? "null" : YamlText.Quote(text);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
