namespace Outsource.Settings.Keys;

/// <summary>What <c>rundb</c> and <c>rucio</c> may say: a service, or <c>file:PATH</c>.</summary>
public static class SourceNames
{
    /// <summary>What a setting begins with that names a file as source.</summary>
    public const string FilePrefix = "file:";

    /// <summary>The service over REST.</summary>
    public const string Rest = "rest";

    /// <summary>The RunDB over MongoDB.</summary>
    public const string Mongo = "mongo";
}
