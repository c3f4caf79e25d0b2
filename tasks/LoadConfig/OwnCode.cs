using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Packages;
using Outsource.Services.Packages;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.LoadConfig;

/// <summary>Whether packages of the operator are sent with the jobs, which the name of a workflow shows.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="programs">Runs python3; null: no program can be run.</param>
internal sealed class OwnCode(HostEnvironment host, IProgramRunner? programs)
{
    /// <summary>The name that a command requests, with the mark if it is made from the time and such packages are sent.</summary>
    public async Task<WorkflowName> NameAsync(
        WorkflowName proposed,
        OutsourceSettings settings,
        Invocation invocation,
        CancellationToken cancel
    )
    {
        // A command that looks at what exists makes no new name, and python3 is not asked for it.
        var isMade =
            proposed.FromDate && !invocation.Exclusive && !invocation.Options.Reuse && !WorkflowName.Looks(invocation);
        return isMade && await IsSentAsync(settings, cancel).ConfigureAwait(false) ? proposed.WithOwnCode() : proposed;
    }

    /// <summary>Whether it is so, as far as it can be known here: what is wrong with packages is told where they are packed.</summary>
    private async Task<bool> IsSentAsync(OutsourceSettings settings, CancellationToken cancel)
    {
        if (PackageRequests.Of(settings, host) is not { UserInstall.IsEmpty: false } request)
        {
            return false;
        }

        if (request.Listed.Any(request.Paths.ContainsKey))
        {
            return true;
        }

        if (programs is null || settings.Demo)
        {
            return false;
        }

        try
        {
            var found = await new InstalledPackages(host, programs).FindAsync(request, cancel).ConfigureAwait(false);
            return PackageRules.Decide(request, found.Packages).Decisions.Any(d => d.Source == PackageSource.WorkTree);
        }
        catch (OutsourceException)
        {
            return false;
        }
    }
}
