using System.Globalization;

namespace Outsource.Settings.Keys;

/// <summary>
/// Reads keys of <c>[RunDB]</c> that are not secret and have a default. A wrong value is reported, and the default is used instead.
/// </summary>
/// <param name="find">The value of a key.</param>
/// <param name="wrong">Gets a key and its error.</param>
internal sealed class RunDbOptions(Func<string, ConfigValue?> find, Action<string, string> wrong)
{
    /// <summary>A whole number within the declared bounds.</summary>
    public int Number(string key)
    {
        var declared = KeyCatalog.Of(KeyCatalog.RunDb, key);
        if (Value(key) is not { } text)
        {
            return int.Parse(declared.Default!, CultureInfo.InvariantCulture);
        }

        if (
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= declared.Least
            && number <= declared.Greatest
        )
        {
            return number;
        }

        wrong(
            key,
            $"is '{text}', which must be a whole number from {declared.Least} to {declared.Greatest}. Correct it, or leave it out for "
                + $"{declared.Default}."
        );
        return int.Parse(declared.Default!, CultureInfo.InvariantCulture);
    }

    /// <summary>True or false.</summary>
    public bool Flag(string key)
    {
        var declared = KeyCatalog.Of(KeyCatalog.RunDb, key);
        switch ((Value(key) ?? declared.Default!).ToLowerInvariant())
        {
            case "1" or "yes" or "true" or "on":
                return true;
            case "0" or "no" or "false" or "off":
                return false;
            default:
                wrong(key, $"is '{Value(key)}', which must be True or False. Correct it, or leave it out for {declared.Default}.");
                return declared.Default == "True";
        }
    }

    /// <summary>One of the allowed words.</summary>
    public string Word(string key, IReadOnlyList<string> allowed)
    {
        var declared = KeyCatalog.Of(KeyCatalog.RunDb, key);
        var text = Value(key) ?? declared.Default!;
        if (allowed.FirstOrDefault(a => a.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } word)
        {
            return word;
        }

        wrong(key, $"is '{text}'; allowed are {string.Join(", ", allowed)}. Correct it, or leave it out for {declared.Default}.");
        return declared.Default!;
    }

    /// <summary>A trailing comment is not part of a number or word.</summary>
    private string? Value(string key) => find(key)?.Text.Split('#', ';')[0].Trim() is { Length: > 0 } text ? text : null;
}
