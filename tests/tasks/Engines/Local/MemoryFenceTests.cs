using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Local;

namespace Outsource.Tests.Engines.Local;

[TestFixture]
internal sealed class MemoryFenceTests
{
    private const string Root = "/sys/fs/cgroup";

    private MockFileSystem _disk = null!;

    [SetUp]
    public void MakeDisk() => _disk = new MockFileSystem();

    private void Unified(string own, string writable)
    {
        _disk.AddFile($"{Root}/cgroup.controllers", new MockFileData("memory"));
        _disk.AddFile("/proc/self/cgroup", new MockFileData($"0::{own}\n"));
        _disk.AddFile($"{Root}{writable}/cgroup.procs", new MockFileData(""));
    }

    [TestCase("/user/app.slice/x.scope", "/user/app.slice")]
    [TestCase("/job", "/job")]
    [TestCase("/", "")]
    public void Should_bound_a_job_by_a_group_of_its_own_where_one_may_be_made(string own, string writable)
    {
        Unified(own, writable);

        var fence = MemoryFence.Of(_disk, 77);

        Assert.That(fence.Description, Does.Contain("cgroup v2").And.Not.Contain("since"));
        Assert.That(fence.GroupOf("node", 100), Is.EqualTo($"{Root}{writable}/outsource-77/node"));
        Assert.That(_disk.File.ReadAllText($"{Root}{writable}/outsource-77/node/memory.max"), Is.EqualTo("104857600"));
        Assert.That((fence.AddressSpaceKb(100), fence.GroupOf("node", null)), Is.EqualTo(((long?)null, (string?)null)));
    }

    [Test]
    public void Should_know_if_the_kernel_ended_something()
    {
        Unified("/job", "/job");
        var fence = MemoryFence.Of(_disk, 77);
        var group = fence.GroupOf("node", 100)!;
        _disk.AddFile($"{group}/memory.events", new MockFileData("oom 1\noom_kill 1\n"));

        Assert.That((fence.WasExceeded(group), fence.WasExceeded(null)), Is.EqualTo((true, false)));
    }

    [Test]
    public void Should_limit_the_address_space_if_there_are_no_groups()
    {
        var fence = MemoryFence.Of(_disk, 77);

        Assert.That(fence.Description, Does.Contain("rlimit").And.Contain("there is no cgroup v2"));
        Assert.That(fence.GroupOf("node", 100), Is.Null);
        Assert.That(fence.AddressSpaceKb(100), Is.EqualTo(100 * 1024 + (4 << 20)));
        Assert.That(fence.AddressSpaceKb(60_000), Is.EqualTo(4 * 60_000 * 1024));
    }

    [Test]
    public void Should_limit_the_address_space_if_groups_are_refused()
    {
        Unified("/job", "/elsewhere");

        Assert.That(MemoryFence.Of(_disk, 77).Description, Does.Contain("no cgroup v2 may be made here"));
    }
}
