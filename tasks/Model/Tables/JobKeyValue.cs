using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Outsource.Model.Tables;

/// <summary>Values of the keys that the jobs' packages read (<see cref="JobKeys"/>).</summary>
public static partial class JobKeyValue
{
    /// <summary>The values of <c>logging_level</c>, exactly.</summary>
    private static readonly ImmutableArray<string> Levels = ["NOTSET", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

    private static readonly ImmutableArray<string> Preferences =
    [
        "primary",
        "primaryPreferred",
        "secondary",
        "secondaryPreferred",
        "nearest",
    ];

    /// <summary>What is wrong with a value, or null. The text never quotes the value: any may be a secret.</summary>
    public static string? ErrorIn(JobKey key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (value.Any(c => char.IsControl(c) && c != '\n'))
        {
            return "holds a control character";
        }

        if (key.Form != KeyForm.List && value.Contains('\n', StringComparison.Ordinal))
        {
            return "goes on over several lines, since an indented line continues the one above";
        }

        var (valid, wrong) = key.Form switch
        {
            KeyForm.Line or KeyForm.List => (true, ""),
            KeyForm.Level => (Levels.Contains(value), $"is not one of {string.Join(", ", Levels)}"),
            KeyForm.Address => (IsAddress(value), "is not a valid address: expected http://HOST or https://HOST"),
            KeyForm.UserInfo => (
                UserInfo().IsMatch(value),
                "holds a character that must be escaped there: '@', ':', '/', '?' and '%' are written %40, %3A, %2F, %3F and %25"
            ),
            KeyForm.Hosts => (AreHosts(value), "is not HOST:PORT, or several of them separated by commas"),
            KeyForm.TrueFalse => (Switched(value) is not null, "is neither true nor false"),
            KeyForm.Preference => (Preferences.Contains(value), $"is not one of {string.Join(", ", Preferences)}"),
            KeyForm.Count => (Whole().IsMatch(WithoutComment(value)), "is not a whole number of at least 1"),
            KeyForm.Milliseconds => (Decimals().IsMatch(WithoutComment(value)), "is not a number of milliseconds"),
        };
        return valid ? null : wrong;
    }

    private static bool IsAddress(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0;

    private static bool AreHosts(string value) =>
        value
            .Split('/')[0]
            .Split(',')
            .All(h =>
                Host().Match(h.Trim()) is { Success: true } match
                && (!match.Groups[1].Success || int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is > 0 and < 65536)
            );

    /// <summary>
    /// A switch as pymongo takes it, <c>true</c> or <c>false</c>, of all that Python's configparser takes for one; null: it is
    /// neither.
    /// </summary>
    public static string? Switched(string value) =>
        value?.ToLowerInvariant() switch
        {
            "1" or "yes" or "true" or "on" => "true",
            "0" or "no" or "false" or "off" => "false",
            _ => null,
        };

    /// <summary>A number without the comment behind it, which Python takes for part of the value.</summary>
    public static string WithoutComment(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Split('#', ';')[0].Trim();
    }

    /// <summary>Whether a value is the placeholder of a sample, <c>&lt;ask teamA&gt;</c>: it counts as missing.</summary>
    public static bool IsPlaceholder(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.StartsWith('<') && value.EndsWith('>');
    }

    [GeneratedRegex(@"^(?:[^@:/?%]|%[0-9A-Fa-f]{2})+\z")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"^(?:[^\s:\[\]@/,]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?\z")]
    private static partial Regex Host();

    [GeneratedRegex(@"^[1-9][0-9]{0,8}\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[0-9]{1,9}(?:\.[0-9]{1,9})?\z")]
    private static partial Regex Decimals();
}
