using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;

namespace Outsource.Services.Contexts;

/// <summary>
/// The context that the environment itself defines: its <c>python3</c> imports cutax and prints name, versions and hashes. When that
/// python3 cannot import cutax, there is no document, and no error.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="programs">Runs python3.</param>
/// <param name="xedocsVersion">The global version of the corrections that is asked for outright, or null.</param>
public sealed class EnvironmentContextCatalogue(HostEnvironment host, IProgramRunner programs, string? xedocsVersion = null)
    : IContextCatalogue
{
    /// <summary>Exit codes of the script.</summary>
    private const int Done = 0,
        NoSuchContext = 10,
        NoCutax = 20;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(5);

    private readonly string? _python = PythonOf(host);
    private bool _hasNoCutax;

    public string Name => $"the environment ({_python ?? "no python3"})";

    /// <summary>Why it gave no document, once it was asked; else null.</summary>
    public string? WhyUnavailable { get; private set; }

    /// <summary>
    /// The arguments of python3: one document for one context. Without user site packages (<c>-s</c>), which the jobs do not have.
    /// </summary>
    /// <param name="dataFolder">The folder with <c>payload/</c>. Absolute.</param>
    /// <param name="context">Name of the context.</param>
    /// <param name="xedocsVersion">The global version of the corrections, or null.</param>
    public static ImmutableArray<string> Arguments(string dataFolder, string context, string? xedocsVersion = null) =>
        [
            "-s",
            Path.Combine(dataFolder, "payload", "cutax_context.py"),
            "--context",
            context,
            .. xedocsVersion is null ? Array.Empty<string>() : ["--xedocs-version", xedocsVersion],
        ];

    /// <exception cref="OutsourceException">python3 fails in an unexpected way, or prints no context document.</exception>
    public async Task<IReadOnlyList<ContextDocument>> FindAsync(string context, CancellationToken cancel)
    {
        if (_python is null)
        {
            WhyUnavailable = "there is no python3 in $CONDA_PREFIX or $PATH";
            return [];
        }

        if (_hasNoCutax)
        {
            return [];
        }

        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        clock.CancelAfter(AnswerTimeout);
        ProgramResult result;
        try
        {
            result = await programs
                .RunAsync(_python, Arguments(host.DataFolder, context, xedocsVersion), clock.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OutsourceException(
                $"{_python} has not printed the hashes of context '{context}' within {AnswerTimeout.TotalMinutes:F0} min. Check "
                    + "whether 'import cutax' works there, or name a file with --context-file=FILE."
            );
        }

        switch (result.ExitCode)
        {
            case Done:
                return [Read(result.Output)];
            case NoSuchContext or NoCutax:
                // What the packages print while they are imported comes before the script's one line.
                WhyUnavailable = LastLine(result.Error) + ".";
                _hasNoCutax = result.ExitCode == NoCutax;
                return [];
            default:
                throw new OutsourceException(
                    $"{_python} failed to print the hashes of context '{context}' (exit code {result.ExitCode}): "
                        + $"{LastLine(result.Error)}. Name a file with --context-file=FILE, or fix the environment."
                );
        }
    }

    private ContextDocument Read(string output)
    {
        var faults = new List<Fault>();
        try
        {
            using var json = JsonDocument.Parse(output);
            if (ContextDocumentReader.Read(json.RootElement, "the context document", Name, faults) is { } document)
            {
                return document;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            faults.Add(new Fault("expected one JSON document, found something else.", Name));
        }

        throw new OutsourceException(string.Join(Environment.NewLine, faults));
    }

    /// <summary>The python3 of the environment: that of the release, else the first one in PATH; null: none.</summary>
    public static string? PythonOf(HostEnvironment host)
    {
        // The release's own python3 comes before the first one in PATH.
        var folders = new[] { host.Variable("CONDA_PREFIX") is { } prefix ? Path.Combine(prefix, "bin") : null }.Concat(
            (host.Variable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        );
        return folders
            .OfType<string>()
            .Select(folder => Path.Combine(host.Absolute(folder), "python3"))
            .FirstOrDefault(host.Disk.File.Exists);
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()?.TrimEnd('.')
        ?? "no message";
}
