using Cake.Core;

namespace Cake.Frosting;

/// <summary>A task on the plain context.</summary>
public abstract class FrostingTask : FrostingTask<ICakeContext>;

/// <summary>A task on a context of type <typeparamref name="T"/>. One that overrides nothing only gathers what it depends on.</summary>
public abstract class FrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    public virtual void Run(T context)
    {
    }

    Task IFrostingTask.RunAsync(ICakeContext context)
    {
        Run((T)context);
        return Task.CompletedTask;
    }
}
