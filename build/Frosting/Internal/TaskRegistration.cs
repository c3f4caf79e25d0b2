using System.Reflection;
using Cake.Core;
using Cake.Core.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Cake.Frosting.Internal;

/// <summary>Tells the engine of the tasks and of what surrounds them.</summary>
internal static class TaskRegistration
{
    public static void Register(IServiceProvider provider)
    {
        var engine = provider.GetRequiredService<ICakeEngine>();
        var context = provider.GetRequiredService<IFrostingContext>();
        foreach (var task in provider.GetServices<IFrostingTask>())
        {
            Register(engine, context, task, provider.GetRequiredService<ICakeLog>());
        }

        if (provider.GetService<IFrostingSetup>() is { } setup)
        {
            engine.RegisterSetupAction(info => setup.Setup(context, info));
        }

        if (provider.GetService<IFrostingTeardown>() is { } teardown)
        {
            engine.RegisterTeardownAction(info => teardown.Teardown(context, info));
        }
    }

    private static void Register(ICakeEngine engine, IFrostingContext context, IFrostingTask task, ICakeLog log)
    {
        var type = task.GetType();
        var wanted = ContextType(type);
        if (!wanted.IsInstanceOfType(context))
        {
            log.Warning(
                "Task '{0}' is left out: it wants a {1}, and the host gives a {2}.",
                NameOf(type),
                wanted.FullName,
                context.GetType().FullName
            );
            return;
        }

        var builder = engine.RegisterTask(NameOf(type));
        if (type.GetCustomAttribute<TaskDescriptionAttribute>() is { } description)
        {
            _ = builder.Description(description.Description);
        }

        // Only what a task overrides is registered: a task without actions is an aggregate to the engine, and any error handler
        // swallows the failure.
        if (Overrides(type, nameof(FrostingTask.Run)) || Overrides(type, nameof(AsyncFrostingTask.RunAsync)))
        {
            _ = builder.Does(task.RunAsync);
        }

        foreach (var dependency in type.GetCustomAttributes<IsDependentOnAttribute>())
        {
            _ = builder.IsDependentOn(NameOfTask(type, dependency.Task));
        }
    }

    private static string NameOf(Type task) => task.GetCustomAttribute<TaskNameAttribute>()?.Name ?? task.Name;

    private static string NameOfTask(Type task, Type other) => other.IsAssignableTo(typeof(IFrostingTask))
        ? NameOf(other)
        : throw new FrostingException($"Task '{NameOf(task)}' depends on '{other.FullName}', which is no task.");

    private static Type ContextType(Type task)
    {
        for (var type = task; type is not null; type = type.BaseType)
        {
            if (
                type.IsGenericType
                && type.GetGenericTypeDefinition() is var generic
                && (generic == typeof(FrostingTask<>) || generic == typeof(AsyncFrostingTask<>))
            )
            {
                return type.GenericTypeArguments[0];
            }
        }

        return typeof(ICakeContext);
    }

    private static bool Overrides(Type task, string method) =>
        task.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Any(candidate => candidate.Name == method && candidate.GetBaseDefinition().DeclaringType != candidate.DeclaringType);
}
