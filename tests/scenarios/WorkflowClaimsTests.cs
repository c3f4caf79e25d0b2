using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Tests.Fixtures;
using Outsource.Workflows;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// A lock that somebody else holds: whose it is said to be, and how long it is waited for. Time passes only as it is waited.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WorkflowClaimsTests
{
    private readonly MockFileSystem _disk = new();
    private readonly FakeMachine _machine = new(Given.Settings.Clock);
    private readonly Said _said = new();

    [TestCase("ap99", false)]
    [TestCase("submit", true)]
    public void Should_say_whose_it_is_if_its_owner_may_be_at_work(string host, bool runs)
    {
        Owner(host);
        _machine.Running = runs;

        var owner = Claim()!;
        Assert.That(
            WorkflowClaims.Refusal("w", owner).Message,
            Is.EqualTo(
                $"workflow 'w' is in use: me on {host} is running --target=Submit since 2024-02-16 23:00:00 UTC (process 4711). "
                    + "Wait for its end, or choose another name with --name=NAME."
            )
        );
        Assert.That((_machine.Waited, _said.Notes), Is.EqualTo((TimeSpan.FromSeconds(1), Array.Empty<string>())));
    }

    [TestCase(null)]
    [TestCase("{\"user\": ")]
    public void Should_not_guess_if_no_one_has_written_whose_it_is(string? text)
    {
        if (text is not null)
        {
            _disk.AddFile("/work/generated/.w.lock.owner", new MockFileData(text));
        }

        Assert.That(
            WorkflowClaims.Refusal("w", Claim()!).Message,
            Is.EqualTo("workflow 'w' is in use by another command. Wait for its end, then try again.")
        );
    }

    [Test]
    public void Should_wait_for_what_a_dead_owner_left_running_but_not_for_ever()
    {
        Owner("submit");

        Assert.That(
            () => Claim(),
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.Contains("A program that process 4711 started is still working on 'w'")
                .And.Message.Contains("fuser /work/generated/.w.lock")
        );
        Assert.That(_machine.Waited, Is.GreaterThan(TimeSpan.FromMinutes(15)).And.LessThan(TimeSpan.FromMinutes(16)));
        Assert.That(
            _said.Notes,
            Is.EqualTo(
                new[]
                {
                    "An earlier command (process 4711) was killed, but a program that it started is still working on 'w': "
                        + "waiting for it.",
                }
            )
        );
    }

    private void Owner(string host) =>
        _disk.AddFile(
            "/work/generated/.w.lock.owner",
            new MockFileData(
                $"{{\"user\": \"me\", \"host\": \"{host}\", \"process\": 4711, \"since\": \"2024-02-16T23:00:00Z\", \"target\": "
                    + "\"Submit\"}\n"
            )
        );

    private ClaimOwner? Claim()
    {
        using var claims = new WorkflowClaims(Given.Host(_disk), _machine, _said, "Submit", CancellationToken.None);
        return claims.Claim("/work", "w", null);
    }
}
