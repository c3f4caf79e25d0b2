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
/// <param name="Target">What it was told to do.</param>
/// <param name="Command">Fingerprint of what it was told, as far as it was known.</param>
public sealed record ClaimOwner(string User, string Host, int Process, DateTimeOffset Since, string Target, string? Command);

/// <summary>
/// A workflow is worked on by one command at a time: a lock beside its folder, and a file that says whose it is. They stand outside the
/// folder,
/// because <c>--replace</c> replaces that one whole. The lock ends with the last process that has to do with it, however that ends.
/// </summary>
public sealed class WorkflowClaims(
    HostEnvironment host,
    IMachine machine,
    IOperatorLog messages,
    string target,
    CancellationToken cancel
) : IDisposable
{
    /// <summary>How long a killed command's planner or pegasus-run is waited for. Planning 50,000 jobs takes two minutes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, IDisposable> _held = new(StringComparer.Ordinal);

    /// <summary>The lock of a workflow.</summary>
    public static string LockOf(string workDir, string name) => Path.Combine(workDir, "generated", $".{name}.lock");

    /// <summary>Claims a workflow. What a killed command left running is waited for.</summary>
    /// <param name="workDir">Absolute.</param>
    /// <param name="name">The workflow.</param>
    /// <param name="command">Fingerprint of what is asked for, or null.</param>
    /// <returns>Null when it is ours, else whose it is .</returns>
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
            // The owner's file may be a moment behind the lock.
            var owner = Owner(path);
            var orphaned = owner is not null && owner.Host == host.HostName && !machine.Runs(owner.Process);
            if (!orphaned && waited >= TimeSpan.FromSeconds(1))
            {
                return owner ?? new ClaimOwner("somebody", "an unknown machine", 0, default, "", null);
            }

            if (orphaned && waited == TimeSpan.Zero)
            {
                messages.Note(
                    $"An earlier command (process {owner!.Process}) ended before its time, but a program that it started is still at "
                        + $"work on '{name}': waiting for it."
                );
            }

            if (waited > Limit)
            {
                throw new OutsourceException(
                    $"A program that process {owner?.Process} started still works on '{name}' (it holds '{path}'). Find it with 'fuser "
                        + $"{path}', see what it does, and try again when it has ended."
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

    /// <summary>What an operator reads about a workflow that somebody else works on.</summary>
    public static UsageException Refusal(string name, ClaimOwner owner) =>
        new(
            owner.Process == 0
                ? $"workflow '{name}' is being worked on by another command. Wait for its end, and look then."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"workflow '{name}' is being worked on: {owner.User} on {owner.Host} runs --target={owner.Target} since "
                        + $"{owner.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC (process {owner.Process}). Wait for its end, or choose "
                        + $"another name with --name=NAME."
                )
        );

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
