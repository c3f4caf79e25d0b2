namespace Outsource.Settings.Keys;

/// <summary>What <c>rundb</c> and <c>rucio</c> may be: a service, or the files of a snapshot. There are no others.</summary>
public abstract record SourceChoice
{
    /// <summary>The text of <see cref="Rest"/>; keys of [RunDB] say with it what needs them.</summary>
    internal const string RestText = "rest";

    /// <summary>The text of <see cref="Mongo"/>.</summary>
    internal const string MongoText = "mongo";

    private const string FilePrefix = "file:";

    private SourceChoice() { }

    /// <summary>The choice as an option or key has it.</summary>
    public string Text => ToString()!;

    /// <summary>The service over REST: <c>rest</c>.</summary>
    public sealed record Rest : SourceChoice
    {
        public override string ToString() => RestText;
    }

    /// <summary>The RunDB over MongoDB: <c>mongo</c>.</summary>
    public sealed record Mongo : SourceChoice
    {
        public override string ToString() => MongoText;
    }

    /// <summary>Files on this disk: <c>file:PATH</c>.</summary>
    /// <param name="Path">Absolute, once a configuration was read; in a test anything.</param>
    public sealed record Snapshot(string Path) : SourceChoice
    {
        public override string ToString() => FilePrefix + Path;
    }

    /// <summary>Reads the text of a choice; services in any case.</summary>
    /// <returns>Null where the text is none of the three.</returns>
    public static SourceChoice? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Equals(text, RestText, StringComparison.OrdinalIgnoreCase) ? new Rest()
            : string.Equals(text, MongoText, StringComparison.OrdinalIgnoreCase) ? new Mongo()
            : text.StartsWith(FilePrefix, StringComparison.OrdinalIgnoreCase) ? new Snapshot(text[FilePrefix.Length..].Trim())
            : null;
    }
}
