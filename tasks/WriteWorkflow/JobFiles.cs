using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Security.Cryptography;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.LoadConfig;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>A file of the payload as it was read.</summary>
/// <param name="Name">Below the payload's folder.</param>
/// <param name="Bytes">Its content.</param>
public sealed record PayloadFile(string Name, byte[] Bytes)
{
    /// <summary>SHA-256 in lower-case hex.</summary>
    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes));
}

/// <summary>
/// The files sent with the jobs of a workflow, and the planner's inputs. They are read once, so that the fingerprint is of what is written.
/// All are copied into the workflow's folder, so that no outside change affects a running workflow; only the RunDB's token and the proxy
/// are meant to be renewed.
/// </summary>
public sealed record JobFiles
{
    /// <summary>The jobs' <c>.xenon_config</c>. It contains secrets.</summary>
    public required string Config { get; init; }

    /// <summary>The same without secrets.</summary>
    public required string PublicConfig { get; init; }

    /// <summary>Programs and wrappers.</summary>
    public required ImmutableArray<PayloadFile> Payload { get; init; }

    /// <summary>Whether they are of a workflow in parts.</summary>
    public bool InParts => Payload.Any(p => p.Name == PayloadFiles.PlanPart);

    /// <summary>The cutax tarball to copy. Absolute; null: a canary, or none is readable.</summary>
    public string? Cutax { get; init; }

    /// <summary>SHA-256 of the cutax tarball, or null.</summary>
    public string? CutaxSha256 { get; init; }

    /// <summary>The operator's packages that the jobs install, in the order of the configuration; cutax may be one of them.</summary>
    public ImmutableArray<PackageTarball> Packages { get; init; } = [];

    /// <summary>Name → SHA-256 of the tarballs that jobs install, as in the replica catalog. Results depend on them.</summary>
    public ImmutableSortedDictionary<string, string?> Software =>
        Packages
            .Where(p => p.FileName != PayloadFiles.Cutax)
            .ToImmutableSortedDictionary(p => p.FileName, p => p.Sha256, StringComparer.Ordinal)
            .Add(PayloadFiles.Cutax, CutaxSha256);

    /// <summary>The properties that ship with the program.</summary>
    public required string Properties { get; init; }

    /// <summary>The operator's own properties, or null.</summary>
    public string? OwnProperties { get; init; }

    /// <summary>The site profile's text, or null.</summary>
    public string? SiteProfile { get; init; }

    /// <summary>
    /// Fingerprint of everything except the secrets. Those are compared directly (<see cref="IsConfigOf"/>), because the hash of a password
    /// can be found by guessing.
    /// </summary>
    public string Fingerprint =>
        Foundation.Files.Fingerprint.Of([
            PublicConfig,
            CutaxSha256,
            Properties,
            OwnProperties,
            SiteProfile,
            .. Packages.SelectMany(p => new[] { p.Name, p.Shared ? p.Path : p.Sha256 }),
            .. Payload.SelectMany(p => new[] { p.Name, p.Sha256 }),
        ]);

    /// <summary>These with what plans the parts of a workflow, if its jobs are that many.</summary>
    /// <param name="host">This machine.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="jobs">Jobs of the plan.</param>
    public JobFiles ForJobs(HostEnvironment host, OutsourceSettings settings, long jobs)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(settings);
        var path = Path.Combine(host.DataFolder, WorkflowFolder.Payload, PayloadFiles.PlanPart);
        return WorkflowCut.IsCut(settings, jobs)
            ? this with { Payload = Payload.Add(new PayloadFile(PayloadFiles.PlanPart, Bytes(host.Disk, path, "the payload"))) }
            : this;
    }

    /// <summary>Reads all of it.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="loaded">The configuration.</param>
    /// <param name="payload">Which payload.</param>
    /// <param name="folder">The workflow's folder. Absolute.</param>
    /// <exception cref="UsageException">A file of the program's or the operator's cannot be read.</exception>
    public static JobFiles Read(HostEnvironment host, LoadedConfiguration loaded, PayloadChoice payload, string folder)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(payload);
        var (disk, settings, data) = (host.Disk, loaded.Settings, host.DataFolder);
        var cutax = payload.Kind == Artifacts.Payload.Canary ? null : CutaxOf(disk, settings, folder);
        var packages = settings.ByLevel && payload.Kind == Artifacts.Payload.Strax ? TarballsFile.Read(disk, folder) : [];
        return new JobFiles
        {
            Config = ReducedConfig.Of(host, loaded),
            PublicConfig = ReducedConfig.WithoutSecrets(host, loaded),
            Payload =
            [
                .. PayloadFiles
                    .Copied(payload.Kind)
                    .Concat(settings.ByLevel ? new[] { PayloadFiles.Unpack } : [])
                    .Select(name => new PayloadFile(name, Bytes(disk, Path.Combine(data, WorkflowFolder.Payload, name), "the payload"))),
            ],
            Cutax = cutax?.Path,
            CutaxSha256 = cutax?.Sha256,
            Properties = Text(disk, Path.Combine(data, "tables", WorkflowFolder.Properties), "the shipped properties"),
            OwnProperties = settings.PegasusProperties is { } own ? Text(disk, own, "pegasus_properties") : null,
            SiteProfile = settings.SiteProfile is { } sites ? Text(disk, sites, "site_profile") : null,
        }.With(disk, packages);
    }

    /// <summary>The same with the packages as they are now. Of cutax, the one that is among them is sent.</summary>
    public JobFiles With(IFileSystem disk, ImmutableArray<PackageTarball> packages)
    {
        var cutax = packages.FirstOrDefault(p => p.FileName == PayloadFiles.Cutax);
        return cutax is null
            ? this with { Packages = packages }
            : this with
            {
                Packages = packages,
                Cutax = disk.File.Exists(cutax.Path) ? cutax.Path : null,
                CutaxSha256 = disk.File.Exists(cutax.Path) ? Foundation.Files.Fingerprint.OfFile(disk, cutax.Path) : null,
            };
    }

    /// <summary>Whether the configuration in a workflow's folder is equal to this one, including secrets.</summary>
    public bool IsConfigOf(IFileSystem disk, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var path = Path.Combine(folder, PayloadFiles.Config);
        return disk.File.Exists(path) && Text(disk, path, "the jobs' configuration") == Config;
    }

    /// <summary>Path of the copy of the cutax tarball. Absolute.</summary>
    public static string CopyOfCutax(string folder) => Path.Combine(folder, WorkflowFolder.Payload, PayloadFiles.Cutax);

    /// <summary>
    /// The tarball to use: the one that CUTAX_LOCATION names; without that variable the one that the workflow already has, because a shell
    /// without a sourced release says nothing about cutax; else the default one.
    /// </summary>
    private static (string Path, string Sha256)? CutaxOf(IFileSystem disk, OutsourceSettings settings, string folder)
    {
        var said = settings.Origins.GetValueOrDefault("cutax_tarball", "default").StartsWith("environment", StringComparison.Ordinal);
        var copy = CopyOfCutax(folder);
        var path = !said && disk.File.Exists(copy) ? copy : settings.CutaxTarball;
        try
        {
            RegularFile.Check(disk, path);
            return (path, Foundation.Files.Fingerprint.OfFile(disk, path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The workflow is written without it: WriteWorkflow warns, and Preflight refuses its submission.
            return null;
        }
    }

    private static string Text(IFileSystem disk, string path, string what) => System.Text.Encoding.UTF8.GetString(Bytes(disk, path, what));

    private static byte[] Bytes(IFileSystem disk, string path, string what)
    {
        try
        {
            return BoundedText.ReadBytes(disk, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{what}: '{path}' cannot be read: {DiskFault.Why(error, path)}.");
        }
    }
}
