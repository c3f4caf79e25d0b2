using Outsource.Environs;
using Outsource.Errors;

namespace Outsource.Tools;

/// <summary>Where programs are.</summary>
public static class Executables
{
    /// <summary>The first of a name in the folders given, then in <c>PATH</c>; null when there is none.</summary>
    public static string? Find(Surroundings surroundings, string name, params IEnumerable<string?> folders) =>
        Places(surroundings, folders).Select(folder => Path.Combine(folder, name)).FirstOrDefault(surroundings.Disk.File.Exists);

    /// <summary>The same, but it must be there.</summary>
    /// <exception cref="UsageException">It is nowhere; the message names every place.</exception>
    public static string Need(Surroundings surroundings, string name, string cure, params IEnumerable<string?> folders) =>
        Find(surroundings, name, folders) ?? throw new UsageException($"'{name}' was not found in {string.Join(", ", Places(surroundings, folders))}. {cure}");

    private static IEnumerable<string> Places(Surroundings surroundings, IEnumerable<string?> folders) =>
        folders.OfType<string>().Concat((surroundings.Variable("PATH") ?? "").Split(':')).Where(f => f.StartsWith('/')).Distinct(StringComparer.Ordinal);
}
