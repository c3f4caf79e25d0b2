using Outsource.Foundation.Machine;
using Outsource.Services.Http;
using Outsource.Settings.Keys;

namespace Outsource.Services.RunDb;

/// <summary>Where a new RunDB token is kept.</summary>
public enum TokenStorage
{
    /// <summary>In memory: nothing outside work_dir is changed.</summary>
    Memory,

    /// <summary>In the file where the jobs read it.</summary>
    File,
}

/// <summary>What is needed to ask the RunDB over REST.</summary>
/// <param name="Credentials">Addresses, user and password.</param>
/// <param name="Settings">The settings.</param>
/// <param name="Host">This machine: disk, variables, user, clock.</param>
/// <param name="Messages">Messages for the operator.</param>
/// <param name="Storage">Where a new token is kept.</param>
/// <param name="Limits">How much, how long, how often.</param>
internal sealed record RunDbAccess(
    RunDbCredentials Credentials,
    OutsourceSettings Settings,
    HostEnvironment Host,
    IOperatorLog Messages,
    TokenStorage Storage,
    TransportLimits Limits
);
