using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Packages;
using Outsource.Services.Contexts;

namespace Outsource.Services.Packages;

/// <summary>What is known of the packages.</summary>
/// <param name="Packages">By name.</param>
/// <param name="Remarks">What could not be looked at.</param>
public sealed record PackageAnswer(ImmutableSortedDictionary<string, InstalledPackage> Packages, ImmutableArray<string> Remarks);

/// <summary>
/// Asks the environment's <c>python3</c> which packages it has and where they are from. The configuration can name a package's folder
/// instead.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="programs">Runs python3 and git.</param>
public sealed class InstalledPackages(HostEnvironment host, IProgramRunner programs)
{
    /// <summary>An answer about a few packages; changed files are most of it.</summary>
    private const int MostAnswer = 16 << 20;

    /// <summary>The first import of the packages on a cold disk takes minutes.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(5);

    /// <summary>Finds what is known of all packages of a request.</summary>
    /// <exception cref="UsageException">A folder that is named is in no work tree, or there is no python3 that could be asked.</exception>
    /// <exception cref="OutsourceException">python3 fails, or prints something else.</exception>
    public async Task<PackageAnswer> FindAsync(PackageRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        var found = new Dictionary<string, InstalledPackage>(StringComparer.Ordinal);
        foreach (var (name, folder) in request.Paths.Where(p => request.Listed.Contains(p.Key)))
        {
            found[name] = await NamedAsync(name, folder, cancel).ConfigureAwait(false);
        }

        ImmutableArray<string> asked =
        [
            .. request.Listed.Concat(request.Checked).Where(n => PackageRules.IsName(n) && !found.ContainsKey(n)),
        ];
        if (asked.IsEmpty)
        {
            return new PackageAnswer(found.ToImmutableSortedDictionary(StringComparer.Ordinal), []);
        }

        if (EnvironmentContextCatalogue.PythonOf(host) is not { } python)
        {
            return WithoutPython(request, found);
        }

        foreach (var package in Read(await AskAsync(python, asked, cancel).ConfigureAwait(false), asked, python))
        {
            found[package.Name] = package;
        }

        return new PackageAnswer(found.ToImmutableSortedDictionary(StringComparer.Ordinal), []);
    }

    /// <summary>
    /// The arguments of python3. The user's own site-packages are looked at (no <c>-s</c>); nothing is compiled into work trees.
    /// </summary>
    /// <param name="dataFolder">The folder with <c>payload/</c>. Absolute.</param>
    /// <param name="names">The packages.</param>
    public static ImmutableArray<string> Arguments(string dataFolder, IEnumerable<string> names) =>
        ["-B", Path.Combine(dataFolder, "payload", "context_description.py"), "--packages", string.Join(',', names)];

    private async Task<InstalledPackage> NamedAsync(string name, string folder, CancellationToken cancel)
    {
        if (!host.Disk.Directory.Exists(folder))
        {
            throw new UsageException(
                $"user_install_path.{name} is '{UntrustedText.Brief(folder)}', which is not a folder. Name the clone of {name}."
            );
        }

        var top = await new GitTree(host, programs, folder).TopAsync(cancel).ConfigureAwait(false);
        return new InstalledPackage(name)
        {
            File = folder,
            GitTop = top,
            Editable = true,
        };
    }

    private static PackageAnswer WithoutPython(PackageRequest request, Dictionary<string, InstalledPackage> found)
    {
        const string Why = "there is no python3 in $CONDA_PREFIX or $PATH";
        var unknown = request.Listed.Where(n => !found.ContainsKey(n)).ToList();
        return unknown.Count == 0
            ? new PackageAnswer(
                found.ToImmutableSortedDictionary(StringComparer.Ordinal),
                [$"{Why}, so it is not checked whether {string.Join(", ", request.Checked)} are those of the image"]
            )
            : throw new UsageException(
                $"user_install_package: {Why} that could be asked about {string.Join(", ", unknown.Select(n => UntrustedText.Brief(n)))}. "
                    + "Source the setup.sh of a release, or name their folders with user_install_path.NAME = FOLDER."
            );
    }

    private async Task<string> AskAsync(string python, ImmutableArray<string> names, CancellationToken cancel)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(AnswerTimeout);
        ProgramResult result;
        try
        {
            result = await programs.RunAsync(python, Arguments(host.DataFolder, names), clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OutsourceException(
                $"{python} has not said which packages it has within {AnswerTimeout.TotalMinutes:F0} min. Check whether it works, or name "
                    + "the packages' folders with user_install_path.NAME = FOLDER."
            );
        }

        if (result.ExitCode != 0)
        {
            var last = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "no message";
            throw new OutsourceException(
                $"{python} failed to say which packages it has (exit code {result.ExitCode}): "
                    + $"{UntrustedText.Shown(last.Trim().TrimEnd('.'))}. Fix the environment, or name the packages' folders with "
                    + "user_install_path.NAME = FOLDER."
            );
        }

        return result.Output.Length <= MostAnswer ? result.Output : throw Strange(python);
    }

    private static List<InstalledPackage> Read(string output, ImmutableArray<string> asked, string python)
    {
        try
        {
            using var json = JsonDocument.Parse(output);
            return
            [
                .. json
                    .RootElement.GetProperty("packages")
                    .EnumerateObject()
                    .Where(p => asked.Contains(p.Name))
                    .Select(p => Of(p.Name, p.Value)),
            ];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Strange(python);
        }
    }

    private static InstalledPackage Of(string name, JsonElement json)
    {
        string? Text(string key) =>
            json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        bool Is(string key) => json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;
        return new InstalledPackage(name)
        {
            Missing = Is("missing"),
            Version = Text("version"),
            File = Absolute(Text("file")),
            GitTop = Absolute(Text("git_top")),
            Editable = Is("editable"),
            UserSite = Is("user_site"),
        };
    }

    private static string? Absolute(string? path) => path is not null && Path.IsPathRooted(path) && !path.Contains('\0') ? path : null;

    private static OutsourceException Strange(string python) =>
        new(
            $"{python} printed something other than a list of packages. Check what it prints when it starts (sitecustomize), or name the "
                + "packages' folders with user_install_path.NAME = FOLDER."
        );
}
