using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;

namespace Outsource.Services.Packages;

/// <summary>The commit of a work tree.</summary>
/// <param name="Id">Its hash; null: there is no commit yet.</param>
/// <param name="Time">When it was made, UTC.</param>
public sealed record WorkTreeCommit(string? Id, DateTimeOffset Time)
{
    /// <summary>The oldest time that builders of packages (zip files) can write, for a work tree without a commit.</summary>
    public static DateTimeOffset Oldest { get; } = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
}

/// <summary>
/// Asks git about a work tree, and changes nothing there: no lock, no refreshed index, no monitor is started.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="programs">Runs git.</param>
/// <param name="folder">A folder in the work tree. Absolute.</param>
public sealed class GitTree(HostEnvironment host, IProgramRunner programs, string folder)
{
    /// <summary>Most characters of git's answer: 100,000 names of 300 characters are less.</summary>
    private const int MostAnswer = 64 << 20;

    private const char End = '\0';

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Variables that would make git look at another repository.</summary>
    private static readonly ImmutableArray<string> Misleading =
    [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
        "GIT_CEILING_DIRECTORIES",
    ];

    /// <summary>The top of the work tree. Absolute.</summary>
    /// <exception cref="UsageException">The folder is in no work tree, or git refuses it.</exception>
    public async Task<string> TopAsync(CancellationToken cancel) =>
        (await AskAsync(cancel, "rev-parse", "--show-toplevel").ConfigureAwait(false)).TrimEnd('\n', '\r');

    /// <summary>The commit that is checked out.</summary>
    public async Task<WorkTreeCommit> CommitAsync(CancellationToken cancel)
    {
        var none = await RunAsync(cancel, "rev-parse", "--verify", "--quiet", "HEAD").ConfigureAwait(false);
        if (none.ExitCode == 1)
        {
            return new WorkTreeCommit(null, WorkTreeCommit.Oldest);
        }

        var parts = (await AskAsync(cancel, "log", "-1", "--no-show-signature", "--format=%H %ct", "HEAD").ConfigureAwait(false))
            .Trim()
            .Split(' ');
        return
            parts is [{ Length: > 0 } id, var seconds]
            && id.All(char.IsAsciiHexDigitLower)
            && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            && time <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? new WorkTreeCommit(id, DateTimeOffset.FromUnixTimeSeconds(time))
            : throw new OutsourceException($"git does not say in a known form which commit '{Shown(folder)}' has.");
    }

    /// <summary>Names of all files that git does not ignore, relative to the folder: tracked and new ones, each once.</summary>
    public async Task<ImmutableArray<string>> FilesAsync(CancellationToken cancel) =>
        Parts(await AskAsync(cancel, "ls-files", "-z", "--cached", "--others", "--exclude-standard").ConfigureAwait(false));

    /// <summary>Names of files that differ from the commit, new ones included, in order.</summary>
    public async Task<ImmutableArray<string>> DirtyAsync(CancellationToken cancel) =>
        [
            .. Parts(
                await AskAsync(cancel, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames").ConfigureAwait(false)
            )
                // Two letters say how it differs, a blank follows.
                .Where(line => line.Length > 3)
                .Select(line => line[3..])
                .Order(StringComparer.Ordinal),
        ];

    private static ImmutableArray<string> Parts(string answer) =>
        [.. answer.Split(End, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    private async Task<string> AskAsync(CancellationToken cancel, params string[] question)
    {
        var result = await RunAsync(cancel, question).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw Refused(result, question[0]);
    }

    private async Task<ProgramResult> RunAsync(CancellationToken cancel, params string[] question)
    {
        if (Git() is not { } git)
        {
            throw new UsageException(
                "there is no git in $PATH, so no tarball of an editable package can be made. Install git, or use a release of the package."
            );
        }

        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(AnswerTimeout);
        try
        {
            var result = await programs.RunAsync("/usr/bin/env", Arguments(git, question), clock.Token).ConfigureAwait(false);
            return result.Output.Length <= MostAnswer
                ? result
                : throw new OutsourceException($"git {question[0]} in '{Shown(folder)}' printed more than {MostAnswer >> 20} MB.");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OutsourceException(
                $"git {question[0]} in '{Shown(folder)}' did not end within {AnswerTimeout.TotalMinutes:F0} min. Check the disk of that "
                    + "folder, and try again."
            );
        }
    }

    /// <summary>The arguments of <c>env</c>: git in plain English, on this work tree alone.</summary>
    private ImmutableArray<string> Arguments(string git, string[] question) =>
        [
            .. Misleading.SelectMany(name => new[] { "-u", name }),
            "LC_ALL=C",
            git,
            "--no-optional-locks",
            // A monitor of the work tree is a program that git would start, and it writes in the work tree.
            "-c",
            "core.fsmonitor=false",
            "-C",
            folder,
            .. question,
        ];

    private string? Git() =>
        (host.Variable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(place => Path.Combine(host.Absolute(place), "git"))
            .FirstOrDefault(host.Disk.File.Exists);

    private UsageException Refused(ProgramResult result, string question)
    {
        var said = result.Error.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "it gave no reason";
        return new UsageException(
            said.Contains("dubious ownership", StringComparison.Ordinal)
                ? $"git does not read '{Shown(folder)}', because the folder belongs to another user. Where you trust its content, run "
                    + $"'{ShellText.Join(["git", "config", "--global", "--add", "safe.directory", folder])}'; else use a clone of your own."
            : said.Contains("not a git repository", StringComparison.Ordinal)
                ? $"'{Shown(folder)}' is not in a git work tree, so it is not known which files belong to the package. Use a clone, or "
                    + "make it a repository ('git init')."
            : $"git {question} in '{Shown(folder)}' ended with exit code {result.ExitCode}: {UntrustedText.Shown(said).TrimEnd('.')}."
        );
    }

    private static string Shown(string path) => UntrustedText.Brief(path);
}
