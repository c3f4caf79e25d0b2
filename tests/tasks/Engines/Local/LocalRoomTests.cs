using Outsource.Engines.Local;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Local;

[TestFixture]
internal sealed class LocalRoomTests
{
    private LocalRoom _room = null!;

    [SetUp]
    public void MakeRoom() => _room = new LocalRoom(4, 8000);

    private static JobAsk Ask(int cores, long memory, bool canary = false) =>
        new(
            new SubmitDescription { Executable = "/x", Environment = canary ? [new("OUTSOURCE_PAYLOAD", "canary")] : [] },
            0,
            cores,
            memory,
            null
        );

    [Test]
    public void Should_give_a_canary_one_core_and_a_share_of_memory() =>
        Assert.That(_room.Needs(Ask(8, 60_000, canary: true)), Is.EqualTo((1, 2000)));

    [Test]
    public void Should_give_a_job_what_it_asks_for() => Assert.That(_room.Needs(Ask(2, 3000)), Is.EqualTo((2, 3000)));

    [Test]
    public void Should_count_what_is_taken()
    {
        _room.Take((2, 5000));

        Assert.That(_room.Has((2, 3000)));
        Assert.That(_room.Has((3, 1)), Is.False);
        Assert.That(_room.Has((1, 3001)), Is.False);

        _room.Give((2, 5000));
        Assert.That((_room.SlotsInUse, _room.MemoryInUseMb), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Should_name_the_largest_job_and_what_fits_if_one_has_no_room() =>
        Assert.That(
            () => _room.Check([("small", Ask(1, 100)), ("large", Ask(1, 9000)), ("larger", Ask(2, 60_000)), ("exact", Ask(4, 8000))]),
            Throws
                .TypeOf<UsageException>()
                .With.Message.Contains("job larger asks for 2 cores and 60000 MB, but this machine has 4 cores and 8000 MB")
                .And.Message.Contains("2 of 4 jobs fit")
        );

    [Test]
    public void Should_have_room_for_a_canary_of_any_size() =>
        Assert.That(() => _room.Check([("large", Ask(64, 600_000, canary: true))]), Throws.Nothing);
}
