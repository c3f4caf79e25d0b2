using System.Collections.Immutable;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>
/// The programs that transfer files to and from the staging site. The planner's own jobs (create_dir, stage_in, stage_out, cleanup) run on
/// the submit host, in HTCondor's local universe, with the PATH of site <c>local</c> in the site catalog. <c>pegasus-transfer</c> searches
/// that PATH for the program of the URL's scheme; if it is missing, it retries for minutes and writes that only to its own log (Pegasus
/// 5.1.2, Pegasus/transfer.py).
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
public sealed class StagingTools(HostEnvironment host)
{
    private const string Subject = "staging tools",
        Cvmfs = "/cvmfs/";

    private static readonly ImmutableArray<string> Gfal = ["gfal-mkdir", "gfal-copy", "gfal-rm"];

    /// <summary>
    /// Scheme of a URL → sets of programs, one of which must be complete. A scheme that is not listed needs none, or one that Pegasus
    /// includes.
    /// </summary>
    private static readonly ImmutableDictionary<string, ImmutableArray<ImmutableArray<string>>> Needed = new Dictionary<
        string,
        ImmutableArray<ImmutableArray<string>>
    >
    {
        ["gsidavs"] = [Gfal],
        ["root"] = [Gfal],
        ["srm"] = [Gfal],
        ["gsiftp"] = [Gfal, ["globus-url-copy"]],
        ["webdav"] =
        [
            ["curl"],
        ],
        ["webdavs"] =
        [
            ["curl"],
        ],
    }.ToImmutableDictionary();

    /// <summary>The check, or null: the URLs need no program.</summary>
    /// <param name="sites">The site catalog.</param>
    /// <param name="names">The sites between which files are transferred.</param>
    public CheckResult? Of(YamlMap sites, params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(sites);
        var named = sites.Maps("sites").ToLookup(s => s.Text("name") ?? "", StringComparer.Ordinal);
        var address = names
            .Distinct(StringComparer.Ordinal)
            .SelectMany(n => named[n])
            .SelectMany(Addresses)
            .FirstOrDefault(a => Needed.ContainsKey(Scheme(a)));
        if (address is null)
        {
            return null;
        }

        var path = NotEmpty(named["local"].FirstOrDefault().Child("profiles").Child("env").Text("PATH"));
        var folders = (path ?? host.Variable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var sets = Needed[Scheme(address)];
        var best = sets.Select(set =>
                (Set: set, Missing: set.Where(tool => !folders.Any(f => host.Disk.File.Exists(Path.Combine(f, tool)))).ToList())
            )
            .MinBy(s => s.Missing.Count);
        var server = Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.Authority}" : Scheme(address) + "://";
        if (best.Missing.Count == 0)
        {
            return CheckResult.Ok(Subject, $"{And(best.Set)} for {server}");
        }

        var where = path is null ? "PATH" : $"the PATH of site local ({string.Join(", ", folders)})";
        var unmounted = folders
            .Where(f => f.StartsWith(Cvmfs, StringComparison.Ordinal))
            .Select(f => string.Join('/', f.Split('/').Take(3)))
            .Distinct(StringComparer.Ordinal)
            .Where(r => !host.Disk.Directory.Exists(r))
            .ToList();
        var absent =
            sets.Length == 1 && best.Missing.Count == best.Set.Length
                ? "they are"
                : $"{And(best.Missing)} {Counted.Word(best.Missing.Count, "is", "are")}";
        return CheckResult.Failed(
            Subject,
            $"transfers to and from {server} need {string.Join(", or ", sets.Select(s => And(s)))} on this machine, but "
                + $"{absent} not in {where}{(unmounted.Count > 0 ? $"; {And(unmounted)} is not mounted here" : "")}",
            $"{(unmounted.Count > 0 ? "Submit on a machine with CVMFS, whose release has them" : "Install them (gfal2-util)")}, or "
                + "give site local a PATH that has them with --site-profile."
        );
    }

    private static IEnumerable<string> Addresses(YamlMap site) =>
        site.Maps("directories").SelectMany(d => d.Maps("fileServers")).Select(s => NotEmpty(s.Text("url"))).OfType<string>();

    private static string Scheme(string address) => address.Split("://", 2) is [var scheme, _] ? scheme.ToLowerInvariant() : "";

    private static string And(IReadOnlyList<string> words) =>
        words.Count == 1 ? words[0] : $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}";

    private static string? NotEmpty(string? text) => text is { Length: > 0 } ? text : null;
}
