using System.Collections.Immutable;
using Outsource.Engines.Slurm.Programs;
using Outsource.Engines.Tools;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>Programs of Slurm that give recorded answers (of 22.05.8).</summary>
internal sealed class AnsweringPrograms : ISlurmPrograms
{
    private readonly List<(string Program, Func<string, CommandOutput?> Answer)> _answers = [];

    /// <summary>The calls, as they would be typed.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Programs that are not installed.</summary>
    public HashSet<string> Missing { get; } = [];

    /// <summary>Answers a program; the last rule that has an answer counts.</summary>
    public AnsweringPrograms On(string program, string output, int exitCode = 0, string with = "") =>
        On(program, words => words.Contains(with, StringComparison.Ordinal) ? Said(output, exitCode) : null);

    public AnsweringPrograms On(string program, Func<string, CommandOutput?> answer)
    {
        _answers.Insert(0, (program, answer));
        return this;
    }

    public static CommandOutput Said(string text, int exitCode = 0) =>
        exitCode == 0
            ? new CommandOutput(0, [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)], [])
            : new CommandOutput(exitCode, [], [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)]);

    public CommandOutput Run(string program, ImmutableArray<string> words)
    {
        if (Missing.Contains(program))
        {
            throw SlurmPrograms.Missing(program);
        }

        var line = string.Join(' ', words);
        lock (Calls)
        {
            Calls.Add($"{program} {line}");
            return _answers.Where(a => a.Program == program).Select(a => a.Answer(line)).FirstOrDefault(a => a is not null)
                ?? new CommandOutput(1, [], [$"{program}: no answer is recorded"]);
        }
    }

    public string? Find(string program) => Missing.Contains(program) ? null : $"/usr/bin/{program}";
}
