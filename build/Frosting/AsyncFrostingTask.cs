using Cake.Core;

namespace Cake.Frosting;

/// <summary>An asynchronous task on the plain context.</summary>
public abstract class AsyncFrostingTask : AsyncFrostingTask<ICakeContext>;

/// <summary>An asynchronous task on a context of type <typeparamref name="T"/>.</summary>
public abstract class AsyncFrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    public virtual Task RunAsync(T context) => Task.CompletedTask;

    Task IFrostingTask.RunAsync(ICakeContext context) => RunAsync((T)context);
}
