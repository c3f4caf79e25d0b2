using System.Reflection;
using Cake.Frosting;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>The tasks in the assemblies, found as Cake's host finds them.</summary>
public sealed class TaskCatalogue
{
    private readonly HashSet<string> _working;

    public TaskCatalogue(IEnumerable<Assembly> assemblies)
    {
        var types = assemblies
            .Distinct()
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IFrostingTask)))
            .ToList();
        Tasks =
        [
            .. types
                .Select(type => new TaskInfo(NameOf(type), type.GetCustomAttribute<TaskDescriptionAttribute>()?.Description ?? ""))
                .OrderBy(task => task.Name, StringComparer.OrdinalIgnoreCase),
        ];
        _working = [.. types.Where(HasBody).Select(NameOf)];
    }

    /// <summary>All tasks, by name.</summary>
    public IReadOnlyList<TaskInfo> Tasks { get; }

    /// <summary>Whether the task does something itself; an aggregate only has dependencies.</summary>
    public bool Works(string task) => _working.Contains(task);

    private static string NameOf(Type type) => type.GetCustomAttribute<TaskNameAttribute>()?.Name ?? type.Name;

    private static bool HasBody(Type type) =>
        type.GetMethods()
            .Any(method =>
                method.Name is nameof(FrostingTask.Run) or nameof(AsyncFrostingTask.RunAsync)
                && method.GetBaseDefinition().DeclaringType != method.DeclaringType
            );
}
