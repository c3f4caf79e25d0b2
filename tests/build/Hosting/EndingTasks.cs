using Cake.Core;
using Cake.Frosting;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Build.Hosting;

// Tasks that end in every way a task can end. The host finds tasks among exported types, so these are public.

public abstract class ThrowingTask(Func<Exception> failure) : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context) => throw failure();
}

[TaskName("EndWell")]
public sealed class EndWell : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context) => context.Request.Messages.Note("all is well");
}

[TaskName("EndMisconfigured")]
public sealed class EndMisconfigured()
    : ThrowingTask(() => new UsageException([new Fault("a is wrong.", "/c", 3), new Fault("b is wrong.", "/c", 5)]));

[TaskName("EndIdle")]
public sealed class EndIdle() : ThrowingTask(() => new NothingToDoException("No run is left."));

[TaskName("EndByTool")]
public sealed class EndByTool() : ThrowingTask(() => new CakeException(17, "pegasus-plan: Process returned an error (exit code 17)."));

[TaskName("EndByKilledTool")]
public sealed class EndByKilledTool() : ThrowingTask(() => new CakeException(137, "pegasus-plan was killed."));

[TaskName("EndUnforeseen")]
public sealed class EndUnforeseen() : ThrowingTask(() => new InvalidOperationException("Sequence contains no elements."));

[TaskName("EndAsynchronously")]
public sealed class EndAsynchronously : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        await Task.Yield();
        throw new OutsourceException("The RunDB does not answer.");
    }
}

[TaskName("EndAfterFailure")]
[IsDependentOn(typeof(EndIdle))]
public sealed class EndAfterFailure : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context) => context.Request.Messages.Note("must not be reached");
}

[TaskName("EndGathered")]
[IsDependentOn(typeof(EndWell))]
public sealed class EndGathered : FrostingTask<OutsourceContext>;
