using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Text;

namespace Outsource.PegasusPlan;

/// <summary>
/// The planner's output with secrets hidden. The planner reads a property file that may contain passwords of databases and brokers, and
/// repeats its input in errors. These values are hidden everywhere, in addition to what the general cover recognises.
/// </summary>
/// <param name="secrets">Values to hide.</param>
public sealed partial class PlannerOutput(IEnumerable<string> secrets)
{
    private const string Cover = "***";

    /// <summary>Shorter ones would hide parts of ordinary words, and protect nothing.</summary>
    private const int Shortest = 4;

    /// <summary>The longest first: one may be part of another.</summary>
    private readonly ImmutableArray<string> _secrets =
    [
        .. secrets.Where(s => s.Length >= Shortest).Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length),
    ];

    /// <summary>For the planner that reads this property file.</summary>
    public static PlannerOutput Of(IFileSystem disk, string properties)
    {
        try
        {
            return new PlannerOutput(disk.File.Exists(properties) ? SecretsIn(disk.File.ReadAllText(properties)) : []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new PlannerOutput([]);
        }
    }

    /// <summary>A line with secrets hidden.</summary>
    public string Shown(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return UntrustedText.Shown(_secrets.Aggregate(line, (text, secret) => text.Replace(secret, Cover, StringComparison.Ordinal)));
    }

    /// <summary>The cause of the failure and the relevant output. Output is kept also if the cause is unknown.</summary>
    /// <param name="lines">The whole output.</param>
    /// <returns>Our sentence, or null for an unknown error; the relevant output, with secrets hidden.</returns>
    public (string? Why, ImmutableArray<string> Description) Explain(IReadOnlyList<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        string? why = null;
        ImmutableArray<string> essence = [];
        try
        {
            why = PlannerFaults.Explain(lines) is { } sentence ? Shown(sentence) : null;
            essence = PlannerFaults.Essence(lines);
        }
        catch (Exception error)
            when (error
                    is RegexMatchTimeoutException
                        or ArgumentException
                        or InvalidOperationException
                        or InsufficientExecutionStackException
            )
        {
            // The last lines are better than nothing.
        }

        return (why, [.. (essence.IsEmpty ? lines.Where(l => l.Trim().Length > 0).TakeLast(5) : essence).Select(Shown)]);
    }

    private static IEnumerable<string> SecretsIn(string properties)
    {
        foreach (var line in properties.Split('\n').Where(l => l.Length < 10_000))
        {
            if (Property().Match(line) is not { Success: true } property)
            {
                continue;
            }

            var value = property.Groups["value"].Value.Trim();
            if (SecretName().IsMatch(property.Groups["key"].Value))
            {
                yield return value;

                // As the planner reads it: a backslash escapes the next character.
                yield return value.Replace("\\", "", StringComparison.Ordinal);
            }
            else if (
                Uri.TryCreate(value.StartsWith("jdbc:", StringComparison.Ordinal) ? value[5..] : value, UriKind.Absolute, out var address)
                && address.UserInfo.Split(':', 2) is [_, var password]
            )
            {
                yield return password;
                yield return Uri.UnescapeDataString(password);
            }
        }
    }

    [GeneratedRegex(@"^\s*(?<key>[^\s=:#!][^\s=:]*)\s*[=:\s]\s*(?<value>.*)", RegexOptions.CultureInvariant)]
    private static partial Regex Property();

    [GeneratedRegex(
        @"passw|secret|token|credential|passphrase|api_?key|private_?key",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex SecretName();
}
