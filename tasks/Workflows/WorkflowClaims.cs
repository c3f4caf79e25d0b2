using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Workflows;

/// <summary>Who works on a workflow.</summary>
/// <param name="User">Login name.</param>
/// <param name="Host">Name of the machine.</param>
/// <param name="Process">The process there.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="Target">Its target.</param>
/// <param name="Command">Fingerprint of its request, as far as known.</param>
public sealed record ClaimOwner(string User, string Host, int Process, DateTimeOffset Since, string Target, string? Command);

/// <summary>
/// Only one command at a time works on a workflow. A lock beside its folder ensures that, and a file says who has it. Both are outside the
/// folder, because <c>--replace</c> replaces the folder as a whole. The lock ends with the last process that holds it, in any case.
/// </summary>
public sealed class WorkflowClaims(
    HostEnvironment host,
    IMachine machine,
    IOperatorLog messages,
    string target,
    CancellationToken cancel
) : IDisposable
{
    /// <summary>How long to wait for the planner or pegasus-run of a killed command. Planning 50,000 jobs takes two minutes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, IDisposable> _held = new(StringComparer.Ordinal);

    /// <summary>The lock of a workflow.</summary>
    public static string LockOf(string workDir, string name) => Path.Combine(workDir, "generated", $".{name}.lock");

    /// <summary>Claims a workflow. Waits for programs that a killed command left running.</summary>
    /// <param name="workDir">Absolute.</param>
    /// <param name="name">The workflow.</param>
    /// <param name="command">Fingerprint of the request, or null.</param>
    /// <returns>Null: it is ours; else the owner.</returns>
    public ClaimOwner? Claim(string workDir, string name, string? command)
    {
        var path = LockOf(workDir, name);
        if (_held.ContainsKey(path))
        {
            return null;
        }

        IDisposable? held;
        var waited = TimeSpan.Zero;
        while ((held = machine.TryLock(path)) is null)
        {
            // The owner's file may be written a moment after the lock.
            var owner = Owner(path);
            var orphaned = owner is not null && owner.Host == host.HostName && !machine.Runs(owner.Process);
            if (!orphaned && waited >= TimeSpan.FromSeconds(1))
            {
                return owner ?? new ClaimOwner("somebody", "an unknown machine", 0, default, "", null);
            }

            if (orphaned && waited == TimeSpan.Zero)
            {
                messages.Note(
                    $"An earlier command (process {owner!.Process}) was killed, but a program that it started is still "
                        + $"working on '{name}': waiting for it."
                );
            }

            if (waited > Limit)
            {
                throw new OutsourceException(
                    $"A program that process {owner?.Process} started is still working on '{name}' (it holds '{path}'). Find it with "
                        + $"'fuser {path}', check what it does, and try again when it has ended."
                );
            }

            var pause = TimeSpan.FromMilliseconds(200);
            machine.Wait(pause, cancel);
            waited += pause;
        }

        _held.Add(path, held);
        AtomicFile.WriteText(
            host.Disk,
            path + ".owner",
            JsonSerializer.Serialize(
                new ClaimOwner(host.User, host.HostName, machine.Process, machine.UtcNow, target, command),
                OwnerJson.Default.ClaimOwner
            ) + "\n"
        );
        return null;
    }

    /// <summary>Who works on a workflow now, without claiming it; null: nobody, or we do.</summary>
    /// <param name="workDir">Absolute.</param>
    /// <param name="name">The workflow.</param>
    public ClaimOwner? HolderOf(string workDir, string name)
    {
        var path = LockOf(workDir, name);
        if (_held.ContainsKey(path) || !host.Disk.File.Exists(path))
        {
            return null;
        }

        using var free = machine.TryLock(path);
        return free is null ? Owner(path) ?? new ClaimOwner("somebody", "an unknown machine", 0, default, "", null) : null;
    }

    /// <summary>The message about a workflow that another command works on.</summary>
    public static UsageException Refusal(string name, ClaimOwner owner) =>
        new(
            owner.Process == 0
                ? $"workflow '{name}' is in use by another command. Wait for its end, then try again."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"workflow '{name}' is in use: {owner.User} on {owner.Host} is running --target={owner.Target} since "
                        + $"{owner.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC (process {owner.Process}). Wait for its end, or choose "
                        + $"another name with --name=NAME."
                )
        );

    /// <summary>Gives up all claims before the run ends, so that other commands can act on what runs now.</summary>
    public void LetGo() => Dispose();

    public void Dispose()
    {
        foreach (var (path, held) in _held)
        {
            host.Disk.File.Delete(path + ".owner");
            held.Dispose();
        }

        _held.Clear();
    }

    private ClaimOwner? Owner(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(BoundedText.ReadAll(host.Disk, path + ".owner"), OwnerJson.Default.ClaimOwner);
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ClaimOwner))]
internal sealed partial class OwnerJson : JsonSerializerContext;
