namespace Outsource.CommandLine;

/// <summary>A task as the command line knows it.</summary>
public sealed record TaskInfo(string Name, string Description);

/// <summary>Stand-in until the real parser is there.</summary>
public static class CommandLineParser
{
    public static Invocation Parse(IReadOnlyList<string> args, IReadOnlyList<TaskInfo> tasks)
    {
        ArgumentNullException.ThrowIfNull(args);
        var target = args.FirstOrDefault(arg => arg.StartsWith("--target=", StringComparison.Ordinal))?["--target=".Length..] ?? "Default";
        if (!tasks.Any(task => task.Name == target))
        {
            throw new Errors.UsageException($"--target={target}: there is no such task{Errors.NearestName.Hint(target, tasks.Select(task => task.Name))}.");
        }

        return new Invocation
        {
            Target = target,
            Help = args.Contains("--help"),
            Verbosity = args.FirstOrDefault(arg => arg.StartsWith("--verbosity=", StringComparison.Ordinal))?["--verbosity=".Length..] ?? "normal",
            CakeArguments = [.. args],
        };
    }
}

/// <summary>Stand-in until the real help is there.</summary>
public static class HelpText
{
    public static string Render(IReadOnlyList<TaskInfo> tasks) => string.Join(Environment.NewLine, tasks.Select(task => $"{task.Name}  {task.Description}"));
}
