using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Settings.Keys;

namespace Outsource.Services.Contexts;

/// <summary>Which description is asked for.</summary>
/// <param name="Context">Name of the context.</param>
/// <param name="XedocsVersion">Global version of the corrections, or null: the context's own.</param>
/// <param name="Tag">Release tag of the image, or null: not known.</param>
/// <param name="WorkDir">The cache is below it. Absolute.</param>
public sealed record DescriptionRequest(string Context, string? XedocsVersion, string? Tag, string WorkDir)
{
    /// <summary>The file with descriptions that the operator named. Absolute, or null.</summary>
    public string? File { get; init; }

    /// <summary>Whether the cache is not used, but written again.</summary>
    public bool Refresh { get; init; }

    /// <summary>The straxen version that is asked for outright, or null; without a description its built-in tree is taken.</summary>
    public string? StraxenVersion { get; init; }

    /// <summary>The image, in which it may be made. Absolute, or null.</summary>
    public string? Image { get; init; }

    /// <summary>Where it may be made.</summary>
    public ContextSource From { get; init; }

    /// <summary>Whether <c>peak_shadow</c> and <c>peak_ambience</c> are stored whenever they are made.</summary>
    public bool SavesPeakCorrelation { get; init; }

    /// <summary>Further arguments of a description with saltax; empty: without.</summary>
    public ImmutableArray<string> Saltax { get; init; } = [];

    /// <summary>What the name of a kept description ends with. Each simulation of saltax has hashes of its own.</summary>
    public string Suffix =>
        (Saltax.IsEmpty ? "" : $"-saltax-{Fingerprint.Of(Saltax)[..8]}") + (SavesPeakCorrelation ? "-peakcorr" : "");

    /// <summary>Whether a description is the one that is asked for.</summary>
    public bool Fits(ContextDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return description.Name == Context && (XedocsVersion is null || description.XedocsVersion == XedocsVersion);
    }

    /// <summary>Whether a description is of the release of the image, for whatever system that was built.</summary>
    public bool IsOfRelease(ContextDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return description.Tag == Tag || ReleaseTag.Same(description.Tag, Tag);
    }

    /// <summary>How well a description fits the release, then the switches: of several, the one with the highest number is taken.</summary>
    public int Closeness(ContextDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        return (description.Tag == Tag ? 8 : IsOfRelease(description) ? 4 : 0)
            + (description.IsSalted != Saltax.IsEmpty ? 2 : 0)
            + (description.SavesPeakCorrelation == SavesPeakCorrelation ? 1 : 0);
    }

    /// <summary>The context in messages.</summary>
    public override string ToString() => $"context '{Context}'{(XedocsVersion is null ? "" : $" with xedocs_version '{XedocsVersion}'")}";
}

/// <summary>
/// Finds the description of a context: in the file that is named, else in the cache of the work_dir, else from the environment's
/// <c>python3</c>, which imports the context. The last way out is the built-in tree of a release, which has no hashes.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="programs">Runs python3; null: no program can be run.</param>
public sealed class ContextDescriptions(HostEnvironment host, IProgramRunner? programs)
{
    /// <summary>The release whose tree is built in.</summary>
    private const string BuiltIn = "4.0.0";

    /// <summary>A real context takes about a minute; its first import on a cold disk takes longer.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Finds it, or the built-in tree where there is none.</summary>
    /// <exception cref="UsageException">A file is not valid, or there is no description and no built-in tree that fits.</exception>
    /// <exception cref="OutsourceException">python3 failed.</exception>
    public async Task<ContextDescription> FindAsync(DescriptionRequest request, CancellationToken cancel)
    {
        var (found, why) = await LookAsync(request, cancel).ConfigureAwait(false);
        return found ?? BuiltInTree(request, why!, request.StraxenVersion);
    }

    /// <summary>Finds it.</summary>
    /// <returns>The description; or null, and why there is none, as a clause.</returns>
    /// <exception cref="UsageException">A file is not valid.</exception>
    /// <exception cref="OutsourceException">python3 failed.</exception>
    public async Task<(ContextDescription? Found, string? Why)> LookAsync(DescriptionRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.File is { } file)
        {
            // A file of the other plan has hashes only.
            var described = OfFile(request, file);
            return (described, described is null ? $"'{file}' contains no description of a context" : null);
        }

        var cached = Cached(request);
        var stale = cached is null ? null : InstalledStraxen.Contradiction(host, request.Tag, cached);
        if (cached is not null && stale is null)
        {
            return (cached, null);
        }

        var (made, why) = await MadeAsync(request, cancel).ConfigureAwait(false);
        return stale is null ? (made, why)
            : made is null ? (null, $"{stale}; {why}")
            : (made with { Remarks = [.. made.Remarks, $"{stale}."] }, null);
    }

    /// <summary>The command that makes one, for messages.</summary>
    public static string Command(DescriptionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return "python3 -s payload/context_description.py --context "
            + ShellText.Quote(request.Context)
            + (request.XedocsVersion is null ? "" : $" --xedocs-version {ShellText.Quote(request.XedocsVersion)}")
            + " --out FILE";
    }

    private ContextDescription? OfFile(DescriptionRequest request, string path)
    {
        var all = Read(path, path);
        if (all.Count == 0)
        {
            return null;
        }

        return all.Where(request.Fits).MaxBy(request.Closeness)
            ?? throw new UsageException([
                new Fault(
                    $"there is no description of {request}. It has: {string.Join(", ", all.Select(Named))}."
                        + $" Make one where the context can be imported: {Command(request)}.",
                    path
                ),
            ]);
    }

    private static string Named(ContextDescription description) =>
        UntrustedText.Shown($"{description.Name} ({description.XedocsVersion ?? "no xedocs_version"})");

    /// <summary>Descriptions of a file; documents of another kind are left out.</summary>
    private List<ContextDescription> Read(string path, string origin)
    {
        try
        {
            return ContextFileText.Read(
                host.Disk,
                path,
                ContextDescription.MostBytes,
                JsonCommentHandling.Disallow,
                (json, _, faults) => ContextDescriptionReader.Fits(json) ? new ContextDescriptionReader(origin, faults).Read(json) : null
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException([new Fault($"the description cannot be read: {DiskFault.Why(error, path)}.", path)]);
        }
    }

    private static string? CacheOf(DescriptionRequest request) =>
        request.Tag is null
            ? null
            : Path.Combine(
                request.WorkDir,
                "contexts",
                string.Join('-', new[] { request.Context, request.XedocsVersion ?? "own", request.Tag }.Select(Plain))
                    + $"{request.Suffix}.json"
            );

    /// <summary>Part of a file name, whatever the text contains.</summary>
    private static string Plain(string text) =>
        string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '_')).TrimStart('.');

    /// <summary>A cached one that cannot be read or is of something else is made again.</summary>
    private ContextDescription? Cached(DescriptionRequest request)
    {
        if (request.Refresh || CacheOf(request) is not { } path || !host.Disk.File.Exists(path))
        {
            return null;
        }

        try
        {
            OwnedFile.RefuseLink(host.Disk, path);
            return Read(path, path).FirstOrDefault(d => request.Fits(d) && request.IsOfRelease(d));
        }
        catch (UsageException)
        {
            return null;
        }
    }

    private async Task<(ContextDescription? Made, string? Why)> MadeAsync(DescriptionRequest request, CancellationToken cancel)
    {
        if (programs is null)
        {
            return (null, "no program can be run here");
        }

        var why = new List<string>();
        ContextDescription? other = null;
        foreach (var way in DescribingProgram.Of(host, request))
        {
            if (way.Missing is { } missing)
            {
                why.Add(missing);
                continue;
            }

            var (made, failed) = await RunAsync(way, request, cancel).ConfigureAwait(false);
            if (made is not null && (request.Tag is null || request.IsOfRelease(made)))
            {
                return (made, null);
            }

            // An environment of another release: the image itself may be at hand.
            other ??= made;
            if (failed is not null)
            {
                why.Add(failed);
            }
        }

        return other is null ? (null, string.Join("; ", why)) : (other, null);
    }

    private async Task<(ContextDescription? Made, string? Why)> RunAsync(
        DescribingProgram way,
        DescriptionRequest request,
        CancellationToken cancel
    )
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(AnswerTimeout);
        ProgramResult result;
        try
        {
            result = await programs!.RunAsync(way.Program, way.Arguments, clock.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OutsourceException(
                $"{way.Name} has not described {request} within {AnswerTimeout.TotalMinutes:F0} min. Check whether 'import cutax' works "
                    + "there, or name a file with --context-file=FILE."
            );
        }

        if (result.ExitCode != 0)
        {
            var last = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "no message";
            return (null, $"{way.Name}: {UntrustedText.Shown(last.Trim().TrimEnd('.'))}");
        }

        var made = Printed(result.Output, way.Name);

        // Only one of the image's own release is worth keeping.
        if (CacheOf(request) is { } cache && request.IsOfRelease(made))
        {
            AtomicFile.WriteText(host.Disk, cache, result.Output.TrimEnd() + "\n");
        }

        return (made, null);
    }

    private static ContextDescription Printed(string output, string python)
    {
        var faults = new List<Fault>();
        try
        {
            using var json = JsonDocument.Parse(output);
            return new ContextDescriptionReader(python, faults).Read(json.RootElement)
                ?? throw new OutsourceException(string.Join(Environment.NewLine, faults));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new OutsourceException($"{python} printed something other than a context description.");
        }
    }

    /// <summary>The built-in tree, if a straxen version has the same major number.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="why">Why there is no description.</param>
    /// <param name="straxen">The straxen version, or null: it is not known.</param>
    /// <exception cref="UsageException">It has not.</exception>
    public ContextDescription BuiltInTree(DescriptionRequest request, string why, string? straxen)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (straxen?.Split('.')[0] != BuiltIn.Split('.')[0])
        {
            throw new UsageException(
                $"there is no description of {request}: {why}. Make one where the context can be imported ({Command(request)}) and pass it "
                    + $"with --context-file=FILE, or pass --straxen-version={BuiltIn} to see the tree of that release."
            );
        }

        var path = Path.Combine(host.DataFolder, "tables", $"tree-{BuiltIn}.json");
        var text = BoundedText.ReadAll(host.Disk, path);
        return AssumedTree.Read(text, path, request.Context, request.XedocsVersion) with
        {
            Remarks = [$"the tree is that of straxen {BuiltIn}, because there is no description of {request}: {why}"],
        };
    }
}
