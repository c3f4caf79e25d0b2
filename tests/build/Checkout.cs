namespace Outsource.Tests.Build;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Outsource.sln")))
            {
                return Path.TrimEndingDirectorySeparator(folder);
            }
        }

        throw new DirectoryNotFoundException($"No checkout holds '{AppContext.BaseDirectory}'.");
    }
}
