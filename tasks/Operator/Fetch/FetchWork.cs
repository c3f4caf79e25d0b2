using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Operator.Unpack;
using Outsource.Workflows;

namespace Outsource.Operator.Fetch;

/// <summary>Brings the results of a workflow from its staging site into its outputs folder here.</summary>
/// <param name="context">The run.</param>
/// <param name="source">The workflow.</param>
public sealed class FetchWork(OutsourceContext context, SourceWorkflow source)
{
    /// <summary>Does it, and says what became of the files.</summary>
    /// <param name="levels">Of which jobs.</param>
    /// <exception cref="OutsourceException">Some files were not copied, or the site does not answer.</exception>
    /// <exception cref="NothingToDoException">The site has no results of them.</exception>
    public void Run(ImmutableHashSet<TarballLevel> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        var atOnce = Unpacker.Parallel(context.Request.Invocation.Options.Parallel);
        Claim();
        var staged = new StagedFiles(context, source);
        var files = staged.List(name => staged.LevelOf(name) is { } level && levels.Contains(level));
        var list = new FetchList(context.Disk, source.Outputs);
        var order = new FetchOrder(files, source.Outputs)
        {
            AtOnce = atOnce,
            Unpacked = OutputIndex.Read(context.Disk, source.Outputs).Select(o => o.Tarball).ToHashSet(StringComparer.Ordinal),
            Compared = list.Compared(),
        };
        ImmutableArray<FetchedFile> done;
        using (var progress = context.Messages.Progress("files fetched", files.Count))
        {
            done = new Fetching(context.Disk, staged.Store).Run(order, progress, context.Cancellation);
        }

        list.Write(source.Name, staged.Addresses, done);
        Tell(done);
    }

    private void Claim()
    {
        var workDir = Path.GetDirectoryName(Path.GetDirectoryName(source.Outputs))!;
        if (context.Claims.Claim(workDir, source.Name, null) is { } owner)
        {
            throw WorkflowClaims.Refusal(source.Name, owner);
        }
    }

    private void Tell(ImmutableArray<FetchedFile> files)
    {
        foreach (var file in files.Where(f => f.State == FetchState.Failed))
        {
            context.Messages.Warn($"{file.Why}.");
        }

        int Count(FetchState state) => files.Count(f => f.State == state);
        if (files.IsEmpty)
        {
            throw new NothingToDoException(
                $"the staging site has no results of workflow '{source.Name}'. --target=Usage shows what it has."
            );
        }

        var bytes = files.Where(f => f.State == FetchState.Fetched).Sum(f => f.Bytes);
        var words = FormattableString.Invariant(
            $"Fetch: {Counted.Of(files.Length, "file")} at the staging site: {Count(FetchState.Fetched)} fetched ({bytes / 1e6:N1} MB), "
        );
        words += $"{Count(FetchState.There)} there, {Count(FetchState.Failed)} failed. They are in {source.Outputs}, listed in "
            + $"{FetchList.FileName}.";
        if (Count(FetchState.Failed) > 0)
        {
            throw new OutsourceException($"{words} Run the same command again: it copies what is missing.");
        }

        context.Messages.Result(words);
    }
}
