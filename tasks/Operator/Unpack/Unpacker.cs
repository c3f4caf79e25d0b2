using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Unpack;

/// <summary>
/// Unpacks tarballs with <c>payload/unpack.py</c>, several at a time. The program checks them, and leaves what is not complete.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="programs">Runs python3.</param>
/// <param name="outputs">The workflow's outputs folder. Absolute.</param>
public sealed class Unpacker(HostEnvironment host, IProgramRunner programs, string outputs)
{
    /// <summary>The most at a time: each writes to the same disk.</summary>
    private const int MostParallel = 64;

    private const string Summary = "outsource-summary ";

    /// <summary>How many at a time, as typed.</summary>
    /// <exception cref="UsageException">It is no such number.</exception>
    public static int Parallel(string? typed) =>
        typed is null ? 2
        : int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MostParallel
            ? number
        : throw new UsageException(
            $"--parallel={UntrustedText.Brief(typed)} is not valid: write a whole number from 1 to {MostParallel}."
        );

    /// <summary>Unpacks them.</summary>
    /// <param name="tarballs">The tarballs.</param>
    /// <param name="parallel">How many at a time.</param>
    /// <param name="progress">Counts them; or null.</param>
    /// <param name="cancel">Stops those that run; each leaves its tarball.</param>
    /// <returns>What became of each, in the order given.</returns>
    /// <exception cref="UsageException">There is no python3.</exception>
    public async Task<ImmutableArray<UnpackedTarball>> RunAsync(
        ImmutableArray<StagedTarball> tarballs,
        int parallel,
        IProgressDisplay? progress,
        CancellationToken cancel
    )
    {
        var python =
            EnvironmentContextCatalogue.PythonOf(host)
            ?? throw new UsageException("there is no python3 in $CONDA_PREFIX or $PATH. Install it, or add its folder to PATH.");
        var results = new ConcurrentDictionary<StagedTarball, UnpackedTarball>();
        await System
            .Threading.Tasks.Parallel.ForEachAsync(
                tarballs,
                new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancel },
                async (tarball, token) =>
                {
                    results[tarball] = await OneAsync(python, tarball, token).ConfigureAwait(false);
                    progress?.Advance();
                }
            )
            .ConfigureAwait(false);
        return [.. tarballs.Select(t => results[t])];
    }

    /// <summary>The arguments of python3 for a tarball.</summary>
    public ImmutableArray<string> Arguments(StagedTarball tarball)
    {
        ArgumentNullException.ThrowIfNull(tarball);
        return
        [
            "-B",
            Path.Combine(host.DataFolder, WorkflowFolder.Payload, PayloadFiles.Unpack),
            "--tarball",
            tarball.Path,
            "--outputs",
            outputs,
            "--run",
            tarball.Run.ToString(CultureInfo.InvariantCulture),
            "--job",
            tarball.Job,
            "--folder",
            tarball.Folder,
        ];
    }

    private async Task<UnpackedTarball> OneAsync(string python, StagedTarball tarball, CancellationToken cancel)
    {
        var result = await programs.RunAsync(python, Arguments(tarball), cancel).ConfigureAwait(false);
        return new UnpackedTarball(tarball, result.ExitCode, result.ExitCode == 0 ? "" : CauseOf(result));
    }

    /// <summary>The cause in the program's summary; without one, its last words.</summary>
    private static string CauseOf(ProgramResult result)
    {
        var lines = result.Output.Split('\n');
        if (lines.LastOrDefault(l => l.StartsWith(Summary, StringComparison.Ordinal)) is { } summary)
        {
            try
            {
                using var json = JsonDocument.Parse(summary[Summary.Length..]);
                if (json.RootElement.TryGetProperty("cause", out var cause) && cause.GetString() is { Length: > 0 } text)
                {
                    return UntrustedText.Shown(text).TrimEnd('.');
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                // Then its last words say more.
            }
        }

        var last = result.Error.Split('\n').Concat(lines).LastOrDefault(l => l.Trim().Length > 0) ?? "no message";
        return $"unpack.py ended with exit code {result.ExitCode}: {UntrustedText.Shown(last.Trim()).TrimEnd('.')}";
    }
}
