using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Unpack;

/// <summary>Shows the tarballs of a workflow, unpacks them, and says what became of them.</summary>
/// <param name="context">The run.</param>
/// <param name="name">The workflow's name.</param>
/// <param name="outputs">Its outputs folder. Absolute.</param>
public sealed class Unpacking(OutsourceContext context, string name, string outputs)
{
    private bool Json => context.Request.Invocation.Options.Json;

    /// <summary>Does it.</summary>
    /// <param name="levels">Of which jobs.</param>
    /// <param name="limit">Which of the runs that have tarballs; null: all.</param>
    /// <exception cref="NothingToDoException">There is no tarball to unpack.</exception>
    /// <exception cref="OutsourceException">Tarballs are left.</exception>
    public async Task RunAsync(ImmutableHashSet<TarballLevel> levels, Func<IEnumerable<int>, ImmutableSortedSet<int>?>? limit)
    {
        ArgumentNullException.ThrowIfNull(levels);
        var parallel = Unpacker.Parallel(context.Request.Invocation.Options.Parallel);
        var lower = StagedTarballs.LowerTypes(context.Disk, context.Request.Host.DataFolder);
        var found = new StagedTarballs(context.Disk, lower).Find(outputs);
        var only = limit?.Invoke(found.Complete.Select(t => t.Run));
        ImmutableArray<StagedTarball> chosen =
        [
            .. found.Complete.Where(t => levels.Contains(t.Level) && only?.Contains(t.Run) != false),
        ];
        if (!Json && !chosen.IsEmpty)
        {
            TarballsTable.Draw(context.Request.Terminal(), chosen);
        }

        var results = chosen.IsEmpty ? [] : await UnpackAsync(chosen, parallel).ConfigureAwait(false);
        Tell(found, results);
    }

    private async Task<ImmutableArray<UnpackedTarball>> UnpackAsync(ImmutableArray<StagedTarball> tarballs, int parallel)
    {
        using var progress = context.Messages.Progress("tarballs unpacked", tarballs.Length);
        return await new Unpacker(context.Request.Host, new PythonRunner(context), outputs)
            .RunAsync(tarballs, parallel, progress, context.Cancellation)
            .ConfigureAwait(false);
    }

    private void Tell(FoundTarballs found, ImmutableArray<UnpackedTarball> results)
    {
        if (Json)
        {
            var document = UnpackJson.Render(
                name,
                outputs,
                results,
                found.Incomplete,
                results.IsEmpty ? [] : OutputIndex.Read(context.Disk, outputs)
            );
            context.Request.Terminal().Profile.Out.Writer.Write(document);
        }

        foreach (var left in results.Where(r => !r.Done))
        {
            context.Messages.Warn($"{left.Tarball.Path} is left: {left.Cause}.");
        }

        foreach (var path in found.Incomplete)
        {
            context.Messages.Warn($"{UntrustedText.Brief(path)} is left: it was not transferred to its end.");
        }

        var (done, stay) = (results.Count(r => r.Done), results.Count(r => !r.Done));
        if (results.IsEmpty)
        {
            throw new NothingToDoException(
                $"there is no tarball to unpack in '{outputs}'. --target=Outputs --name={name} shows where results are."
            );
        }

        var runs = results.Where(r => r.Done).Select(r => r.Tarball.Run).Distinct().Count();
        var words =
            $"{done} of {Counted.Of(results.Length, "tarball")} {Counted.Word(done, "is", "are")} unpacked below {outputs}"
            + (runs == 0 ? "" : $" ({Counted.Of(runs, "run")})");
        if (stay > 0)
        {
            throw new OutsourceException(
                $"Unpack: {words}; {stay} {Counted.Word(stay, "is", "are")} left: "
                    + $"{string.Join(", ", results.Where(r => !r.Done).Take(5).Select(r => r.Tarball.Name))}"
                    + $"{(stay > 5 ? ", …" : "")}. Delete a damaged tarball and transfer it again, and run the same command again."
            );
        }

        context.Messages.Result($"Unpack: {words}.");
    }
}
