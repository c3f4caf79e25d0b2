using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Text;

namespace Outsource.PegasusPlan;

/// <summary>
/// What the planner said, fit to be shown and kept. It reads a property file that may hold passwords of databases and brokers, and repeats
/// what it was given where it fails: those are covered wherever they stand, beside what the one cover knows by its neighbours.
/// </summary>
/// <param name="secrets">Values that nobody may see.</param>
public sealed partial class PlannerOutput(IEnumerable<string> secrets)
{
    private const string Cover = "***";

    /// <summary>Shorter ones would cover half of every sentence, and protect nothing.</summary>
    private const int Shortest = 4;

    /// <summary>The longest first: one may be a part of another.</summary>
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

    /// <summary>A line of it, as anybody may see it.</summary>
    public string Shown(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return UntrustedText.Shown(_secrets.Aggregate(line, (text, secret) => text.Replace(secret, Cover, StringComparison.Ordinal)));
    }

    /// <summary>Why it failed, and its words for that. That nobody can say why is no reason to lose what it said.</summary>
    /// <param name="lines">All it said.</param>
    /// <returns>Our sentence, or null for a fault that nobody knows; its own words, covered.</returns>
    public (string? Why, ImmutableArray<string> Words) Explain(IReadOnlyList<string> lines)
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
            // Its last words say at least something.
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

                // As the planner reads it: a backslash takes the next character as it is.
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
