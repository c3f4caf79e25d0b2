using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Settings.CommandLine;

/// <summary>
/// Reads the command line before Cake does. Cake accepts any unknown option, so that <c>--taget=Submit</c> would run <c>Default</c> without
/// a message. Here every argument is known or refused, and all errors are reported together.
/// </summary>
public sealed partial class CommandLineParser
{
    private static readonly (string Long, string Short)[] Verbosities =
    [
        ("quiet", "q"),
        ("minimal", "m"),
        ("normal", "n"),
        ("verbose", "v"),
        ("diagnostic", "d"),
    ];

    private readonly IReadOnlyList<TaskInfo> _tasks;
    private readonly List<string> _faults = [];
    private readonly SortedDictionary<string, List<string>> _given = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _python = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _flags = new(StringComparer.Ordinal);

    private CommandLineParser(IReadOnlyList<TaskInfo> tasks) => _tasks = tasks;

    /// <summary>Parses the arguments as typed.</summary>
    /// <exception cref="UsageException">Anything unknown, incomplete or contradictory; all of it together.</exception>
    public static Invocation Parse(IReadOnlyList<string> args, IReadOnlyList<TaskInfo> tasks)
    {
        var parser = new CommandLineParser(tasks);
        parser.ReadAll(
            args is [var first, ..] && string.Equals(first, "help", StringComparison.OrdinalIgnoreCase) ? ForHelp([.. args.Skip(1)]) : args
        );
        var invocation = parser.Build();
        return parser._faults.Count == 0
            ? invocation
            : throw new UsageException([.. parser._faults.Distinct().Select(text => new Fault(text))]);
    }

    /// <summary>The entries of a list in one value: separated by commas or blanks, without empty ones.</summary>
    public static ImmutableArray<string> SplitList(string value) =>
        [.. value.Split([',', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary><c>help Submit</c> is <c>--help --target=Submit</c>.</summary>
    private static IReadOnlyList<string> ForHelp(string[] words) =>
        words is [var target, .. var rest] && !LooksLikeOption(target) ? ["--help", $"--target={target}", .. rest] : ["--help", .. words];

    private void ReadAll(IReadOnlyList<string> args)
    {
        Option? before = null;
        for (var i = 0; i < args.Count; i++)
        {
            var word = args[i];
            if (!word.StartsWith('-') || word == "-")
            {
                RefuseWord(word, before, args, i);
                continue;
            }

            var equals = word.IndexOf('=', StringComparison.Ordinal);
            var typed = equals < 0 ? word : word[..equals];
            before = Find(typed);
            if (before is null)
            {
                RefuseOption(typed);

                // Its value, if it is a separate argument, is not a second error.
                if (equals < 0 && i + 1 < args.Count && !LooksLikeOption(args[i + 1]))
                {
                    i++;
                }

                continue;
            }

            var next = i + 1 < args.Count && !LooksLikeOption(args[i + 1]) ? args[i + 1] : null;
            i += Read(before, typed, equals < 0 ? null : word[(equals + 1)..], next) ? 1 : 0;
        }
    }

    /// <summary>Reads an option that is known.</summary>
    /// <param name="option">The option.</param>
    /// <param name="typed">As typed, without a value.</param>
    /// <param name="value">The value after <c>=</c>, or null.</param>
    /// <param name="next">The next word if it can be a value, or null.</param>
    /// <returns>Whether the next word was its value.</returns>
    private bool Read(Option option, string typed, string? value, string? next)
    {
        if (PythonOptions.ValueOf(NameOf(typed)) is { } part)
        {
            ReadPart(option, typed, part, value);
        }
        else if (option.Kind == OptionKind.Flag)
        {
            ReadFlag(option, typed, value);
        }
        else if ((value ?? next) is { } given)
        {
            ReadValue(option, typed, given);
            return value is null;
        }
        else
        {
            _faults.Add($"{typed} needs a value: write {option.Usage}.");
        }

        return false;
    }

    /// <summary>A negative number is a wrong value, which is reported later; it is not an option.</summary>
    private static bool LooksLikeOption(string word) =>
        word.Length > 1 && word[0] == '-' && !int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static string NameOf(string typed) => typed.TrimStart('-').ToLowerInvariant();

    /// <summary>
    /// The option, also in the spelling of the Python program: with underscores, or as a switch for one entry of a list. It is told once.
    /// </summary>
    private Option? Find(string typed)
    {
        var single = !typed.StartsWith("--", StringComparison.Ordinal);
        var name = NameOf(typed);
        if (typed.Length - name.Length > 2 || single != (name.Length == 1))
        {
            return null;
        }

        if (Known(name) is { } exact)
        {
            return exact;
        }

        var found = Known(PythonOptions.ListOf(name) ?? name.Replace('_', '-'));
        if (found is not null && name.Contains('_', StringComparison.Ordinal))
        {
            _python.TryAdd(typed, PythonOptions.ValueOf(name) is { } part ? $"--{found.Name}={part}" : $"--{found.Name}");
        }

        return found;
    }

    private static Option? Known(string name) =>
        OptionCatalog.Ours.Concat(OptionCatalog.Cakes).FirstOrDefault(o => o.Name == name || o.Aliases.Contains(name));

    /// <summary>A switch that stands for one entry of a list.</summary>
    private void ReadPart(Option option, string typed, string part, string? value)
    {
        if (value is null || string.Equals(value, "true", StringComparison.OrdinalIgnoreCase))
        {
            ReadValue(option, typed, part);
        }
        else if (!string.Equals(value, Option.Off, StringComparison.OrdinalIgnoreCase))
        {
            _faults.Add($"{typed} is a switch and does not take the value '{value}': write --{option.Name}={part}.");
        }
    }

    private void ReadFlag(Option option, string typed, string? value)
    {
        bool? on = value?.ToLowerInvariant() switch
        {
            null or "true" => true,
            "false" => false,
            _ => null,
        };
        if (on is null)
        {
            _faults.Add($"{typed} is a switch and does not take the value '{value}': write {typed}, {typed}=true or {typed}=false.");
        }
        else if (_flags.TryGetValue(option.Name, out var earlier) && earlier != on)
        {
            _faults.Add($"--{option.Name} is given as true and as false: give it once.");
        }
        else
        {
            _flags[option.Name] = on.Value;
        }
    }

    private void ReadValue(Option option, string typed, string value)
    {
        if (option.Name == "plan" && Digest().IsMatch(value))
        {
            option = OptionCatalog.ByName["plan-digest"];
        }

        if (string.IsNullOrWhiteSpace(value))
        {
            _faults.Add($"{typed} has an empty value: write {option.Usage}, or leave it out.");
            return;
        }

        var values = option.Kind == OptionKind.List ? SplitList(value) : [value.Trim()];
        if (values.IsEmpty)
        {
            _faults.Add($"{typed}={value} contains no entry: write {option.Usage}, or leave it out.");
            return;
        }

        foreach (var one in values)
        {
            var known = option.Allowed.FirstOrDefault(a => string.Equals(a, one, StringComparison.OrdinalIgnoreCase));
            if (!option.Allowed.IsEmpty && known is null)
            {
                _faults.Add(
                    $"{typed}={one} is not a valid value{NearestName.Hint(one, option.Allowed)}: allowed are "
                        + $"{string.Join(", ", option.Allowed)}."
                );
                continue;
            }

            if (!_given.TryGetValue(option.Name, out var all))
            {
                _given[option.Name] = all = [];
            }

            if (option.Kind == OptionKind.Value && all.Count > 0)
            {
                if (!string.Equals(all[0], known ?? one, StringComparison.Ordinal))
                {
                    _faults.Add($"--{option.Name} is given twice, as '{all[0]}' and as '{one}': it takes one value.");
                }

                continue;
            }

            all.Add(known ?? one);
        }
    }

    private void RefuseWord(string word, Option? before, IReadOnlyList<string> args, int index)
    {
        if (before is { Kind: OptionKind.List })
        {
            // All extra words after a list make one error, reported at the last of them.
            if (index + 1 < args.Count && !LooksLikeOption(args[index + 1]))
            {
                return;
            }

            var values = args.Take(index + 1).Reverse().TakeWhile(a => !LooksLikeOption(a)).Reverse();
            _faults.Add(
                $"--{before.Name} takes one value, so '{word}' is not allowed: write "
                    + $"--{before.Name}={string.Join(',', values.SelectMany(v => SplitList(v)))}."
            );
        }
        else if (_tasks.FirstOrDefault(t => string.Equals(t.Name, word, StringComparison.OrdinalIgnoreCase)) is { } task)
        {
            _faults.Add($"'{word}' is not an option: write --target={task.Name}.");
        }
        else if (TargetSynonyms.Of(word, _tasks) is { } meant)
        {
            var command = $"--target={meant.Name}";
            _faults.Add($"'{word}' is not an option: if you mean {meant.Name}, write {command} ({command} --help).");
        }
        else if (before is { Kind: OptionKind.Flag })
        {
            _faults.Add($"'{word}' is not an option, and --{before.Name} is a switch, write --{before.Name} or --{before.Name}=true.");
        }
        else
        {
            _faults.Add($"'{word}' is not an option: write --option=value (--help lists the options).");
        }
    }

    private void RefuseOption(string typed)
    {
        var name = typed.TrimStart('-');
        if (string.Equals(name, "dry-run", StringComparison.OrdinalIgnoreCase))
        {
            _faults.Add($"unknown option '{typed}': to see what would be processed, write --target=DryRun (--dryrun only lists the "
                + $"tasks).");
            return;
        }

        if (TargetSynonyms.KeyFor(name) is { } key)
        {
            _faults.Add(
                $"unknown option '{typed}': {key.Name} is a key of the configuration. Write '{key.Name} = VALUE' into [{key.Section}]"
                    + $"{(key.Section == KeyCatalog.Outsource ? $", or pass --set {key.Name}=VALUE for this call" : "")}. Nothing was run."
            );
            return;
        }

        if (TargetSynonyms.Instead(name) is { } instead)
        {
            _faults.Add($"unknown option '{typed}': {instead}. Nothing was run.");
            return;
        }

        var known = OptionCatalog.Ours.Concat(OptionCatalog.Cakes).ToList();
        var nearest = NearestName.Of(
            name,
            known.Where(o => !o.Acts).SelectMany(o => o.Aliases.Append(o.Name)).Where(n => n.Length > 1),
            known.Where(o => o.Acts).Select(o => o.Name)
        );
        _faults.Add(
            $"unknown option '{typed}'{(nearest is null ? "" : $" (did you mean '--{nearest}'?)")}: --help lists the options. Nothing "
                + "was run."
        );
    }

    private Invocation Build()
    {
        var target = One("target") ?? OptionCatalog.DefaultTarget;
        var named = _tasks.FirstOrDefault(t => string.Equals(t.Name, target, StringComparison.OrdinalIgnoreCase));

        // Help of a word that other programs use shows what it is here; only help does.
        var help = _flags.GetValueOrDefault("help");
        var task = named ?? (help ? TargetSynonyms.Of(target, _tasks) : null);
        if (task is null)
        {
            var meant = TargetSynonyms.Meant(target, _tasks);
            var targets = meant.Length > 0 ? "--help lists the targets" : $"targets are {string.Join(", ", _tasks.Select(t => t.Name))}";
            _faults.Add($"unknown target '{target}'{meant}: {targets}. Nothing was run.");
        }

        var verbosity = Verbosity();
        var given = Given();
        return new Invocation
        {
            Task = task?.Name ?? target,
            Exclusive = _flags.GetValueOrDefault("exclusive"),
            OnlyLooks = OptionCatalog.Looking.Any(name => _flags.GetValueOrDefault(name)),
            Help = help,
            Word = named is null && task is not null ? target : null,
            Working = One("working"),
            Verbosity = verbosity,
            Options = OptionCatalog.Typed(given),
            Given = given,
            Remarks = _python.Count == 0
                ? []
                : [$"{string.Join(", ", _python.Select(o => $"{o.Key} is taken as {o.Value}"))}: options have '-' here, not '_'."],
            CakeArguments = [$"--target={task?.Name}", $"--verbosity={verbosity}", .. ForCake(), .. ForScripts(given)],
        };
    }

    private string Verbosity()
    {
        var level = One("verbosity") ?? "normal";
        var verbosity = Verbosities
            .FirstOrDefault(v =>
                string.Equals(v.Long, level, StringComparison.OrdinalIgnoreCase)
                || string.Equals(v.Short, level, StringComparison.OrdinalIgnoreCase)
            )
            .Long;
        if (verbosity is null)
        {
            _faults.Add(
                $"unknown verbosity '{level}'{NearestName.Hint(level, Verbosities.Select(v => v.Long))}: allowed are "
                    + $"{string.Join(", ", Verbosities.Select(v => v.Long))}. Nothing was run."
            );
        }

        return verbosity ?? level;
    }

    /// <summary>Our own options as typed.</summary>
    private ImmutableSortedDictionary<string, ImmutableArray<string>> Given()
    {
        var given = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var option in OptionCatalog.Ours)
        {
            if (_flags.GetValueOrDefault(option.Name))
            {
                given[option.Name] = [];
            }
            else if (option.MayBeOff && _flags.ContainsKey(option.Name))
            {
                given[option.Name] = [Option.Off];
            }
            else if (_given.TryGetValue(option.Name, out var values))
            {
                given[option.Name] = [.. values];
            }
        }

        return given.ToImmutable();
    }

    /// <summary>The options that Cake itself reads, except target and verbosity.</summary>
    private IEnumerable<string> ForCake() =>
        OptionCatalog.Cakes.Select(option =>
                _flags.GetValueOrDefault(option.Name) ? $"--{option.Name}"
                : option.Name is not ("target" or "verbosity" or "working") && One(option.Name) is { } value ? $"--{option.Name}={value}"
                : null
            )
            .OfType<string>();

    /// <summary>Our own options, each as one argument.</summary>
    private static IEnumerable<string> ForScripts(ImmutableSortedDictionary<string, ImmutableArray<string>> given) =>
        OptionCatalog
            .Ours.Where(o => given.ContainsKey(o.Name))
            .SelectMany(o =>
                o.Kind == OptionKind.Flag ? [$"--{o.Name}={(given[o.Name].IsEmpty ? "true" : Option.Off)}"]
                : given[o.Name].Select(value => $"--{o.Name}={value}")
            );

    private string? One(string name) => _given.TryGetValue(name, out var values) ? values[0] : null;

    /// <summary>The digest of a plan, which <c>--plan</c> takes too.</summary>
    [GeneratedRegex("^[0-9a-f]{6,64}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Digest();
}
