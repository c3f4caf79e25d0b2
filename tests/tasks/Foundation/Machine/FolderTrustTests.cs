using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Foundation.Machine;

/// <summary>Which folders are ours to work in.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FolderTrustTests
{
    private const long Us = 1000,
        Mallory = 2002,
        Fellows = 50;

    private static readonly UnixFileMode Closed = (UnixFileMode)Convert.ToInt32("755", 8);

    private readonly FakeMachine _machine = new(Given.Settings.Clock) { User = Us };

    [TestCase("/work", Us, "755", ExpectedResult = null)]
    [TestCase("/work/generated", 0L, "755", ExpectedResult = null, Description = "Root's are as good as ours.")]
    [TestCase("/work", Mallory, "755", ExpectedResult = "belongs to another user (number 2002)")]
    [TestCase("/work/generated", Mallory, "755", ExpectedResult = "belongs to another user (number 2002)")]
    [TestCase("/work/generated/x", Mallory, "700", ExpectedResult = "belongs to another user (number 2002)")]
    [TestCase("/work/generated/x/payload", Mallory, "700", ExpectedResult = "belongs to another user (number 2002)")]
    [TestCase("/work/generated/x", Us, "757", ExpectedResult = "is writable for all users")]
    [TestCase("/work/generated/x", Us, "1777", ExpectedResult = "is writable for all users")]
    [TestCase("/work", Us, "775", ExpectedResult = "is writable for its group")]
    [TestCase("/work/other", Mallory, "777", ExpectedResult = null, Description = "It is not on the way.")]
    public string? Should_refuse_what_others_may_change_if_on_the_way(string path, long owner, string mode)
    {
        Own(path, owner, mode);

        return Refusal(shared: false) is { } words ? Known(words, path) : null;
    }

    [Test]
    public void Should_refuse_links_if_below_work_dir(
        [Values("/work/generated", "/work/generated/x", "/work/generated/x/payload")] string path
    )
    {
        _machine.Ownerships[path] = new Ownership(Us, Us, Closed, PathKind.Link);

        Assert.That(Refusal(shared: false), Does.StartWith($"'{path}' is a link, "));
    }

    [Test]
    public void Should_take_the_group_that_is_ours_alone_if_it_may_write()
    {
        _machine.Ownerships["/work"] = new Ownership(Us, Us, (UnixFileMode)Convert.ToInt32("775", 8), PathKind.Folder);

        Assert.That(Refusal(shared: false), Is.Null);
    }

    [TestCase(Us, "2770", ExpectedResult = null)]
    [TestCase(Mallory, "2770", ExpectedResult = null, Description = "A fellow operator's, who lets us write.")]
    [TestCase(Mallory, "755", ExpectedResult = "belongs to another user (number 2002)")]
    [TestCase(Us, "777", ExpectedResult = "is writable for all users")]
    public string? Should_let_the_group_write_if_operators_share_it(long owner, string mode)
    {
        Own("/work/generated/x", owner, mode);

        return Refusal(shared: true) is { } words ? Known(words, "/work/generated/x") : null;
    }

    [Test]
    public void Should_name_the_cure_if_open()
    {
        Own("/work/generated", Us, "775");
        Assert.That(
            Refusal(shared: false),
            Does.EndWith(
                "Change it with 'chmod go-w /work/generated', or write share_with_group = True into [Outsource] if operators of that "
                    + "group work together."
            )
        );

        Own("/work/generated", Us, "777");
        Assert.That(Refusal(shared: true), Does.EndWith("Change it with 'chmod o-w /work/generated'."));
    }

    [Test]
    public void Should_refuse_nothing_if_nobody_can_tell_whose_a_path_is()
    {
        _machine.User = null;
        Own("/work", Mallory, "777");

        Assert.That(Refusal(shared: false), Is.Null);
    }

    private void Own(string path, long owner, string mode) =>
        _machine.Ownerships[path] = new Ownership(owner, Fellows, (UnixFileMode)Convert.ToInt32(mode, 8), PathKind.Folder);

    private static string Known(string words, string path)
    {
        Assert.That(words, Does.StartWith($"'{path}' "));
        return new[] { "belongs to another user (number 2002)", "is writable for all users", "is writable for its group" }.Single(w =>
            words.Contains(w, StringComparison.Ordinal)
        );
    }

    private string? Refusal(bool shared)
    {
        try
        {
            new FolderTrust(_machine, "/work", shared ? FolderSharing.WithGroup : FolderSharing.OwnerOnly).Check("/work/generated/x/payload");
            return null;
        }
        catch (UsageException refusal)
        {
            return refusal.Message;
        }
    }
}
