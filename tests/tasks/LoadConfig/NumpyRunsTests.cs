using System.Buffers.Binary;
using System.IO.Abstractions.TestingHelpers;
using System.Text;

namespace Outsource.Tests.LoadConfig;

public sealed class NumpyRunsTests
{
    private const string Path = "/runs.npy";

    [TestCase("<i4")]
    [TestCase("<i8")]
    [TestCase("<u4")]
    [TestCase("<u8")]
    [TestCase(">i4")]
    [TestCase(">i8")]
    public void Should_read_what_numpy_writes(string type)
    {
        foreach (byte version in new byte[] { 1, 2, 3 })
        {
            Assert.That(Runs(File(type, [7159, 7157, 7157], version)), Is.EqualTo(new[] { 7157, 7159 }), $"version {version}");
        }
    }

    [TestCase("<f8", "(1,)", "it has the type '<f8'; whole numbers of 4 or 8 bytes are read")]
    [TestCase("|O", "(1,)", "it has the type '|O'; whole numbers of 4 or 8 bytes are read")]
    [TestCase("<i8", "(1, 1)", "it does not have one dimension")]
    [TestCase("<i8", "()", "it does not have one dimension")]
    [TestCase("<i8", "(2,)", "it should hold 2 numbers, but holds 1")]
    [TestCase("<i8", "(999999999,)", "it should hold 999999999 numbers, but holds 1")]
    public void Should_refuse_another_array(string type, string shape, string why) =>
        Assert.That(
            Faults(File(type, [7157], 1, shape)),
            Is.EqualTo(
                new[]
                {
                    $"{Path}: the run list cannot be read: {why}. Save a one-dimensional array of whole numbers with numpy.save, or write a "
                        + "text file with one number per line.",
                }
            )
        );

    [Test]
    public void Should_refuse_what_is_no_such_file()
    {
        Assert.That(Faults("7157\n7158\n"u8.ToArray()).Single(), Does.Contain("it does not begin as a file of NumPy does"));
        Assert.That(Faults(File("<i8", [7157], 9)).Single(), Does.Contain("its format version is 9; 1, 2 and 3 are read"));
        Assert.That(Faults(File("<i8", [7157], 1)[..30]).Single(), Does.Contain("its header is cut short or too long"));
        Assert.That(Faults(File("<i8", [], 1)).Single(), Does.Contain("the run list contains no runs."));
        Assert.That(Faults(File("<i8", [7157, -1], 1)).Single(), Does.Contain("-1 is not a run number"));
    }

    [TestCase("/runs.pkl")]
    [TestCase("/runs.PICKLE")]
    public void Should_refuse_a_pickle_and_say_why(string path)
    {
        var fixture = new LevelFixture();
        fixture.Loader.Disk.AddFile(path, new MockFileData([0x80, 4]));
        fixture.Loader.Arguments = [$"--runlist={path}"];
        Assert.That(fixture.Faults().Single(), Does.StartWith($"{path}: a pickle is a program that runs when it is read, so it is not read."));
    }

    private static IEnumerable<int> Runs(byte[] file) => Fixture(file).Resolve().Runs!.Value;

    private static IReadOnlyList<string> Faults(byte[] file) => Fixture(file).Faults();

    private static LevelFixture Fixture(byte[] file)
    {
        var fixture = new LevelFixture();
        fixture.Loader.Disk.AddFile(Path, new MockFileData(file));
        fixture.Loader.Arguments = [$"--runlist={Path}"];
        return fixture;
    }

    /// <summary>As numpy.save writes it.</summary>
    private static byte[] File(string type, long[] numbers, byte version, string? shape = null)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape ?? $"({numbers.Length},)"}, }}\n";
        var length = new byte[version == 1 ? 2 : 4];
        length[0] = (byte)header.Length;
        var wide = type.EndsWith('8');
        var data = numbers.SelectMany(n =>
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, n);
            var word = wide ? bytes : bytes[..4];
            return type[0] == '>' ? word.Reverse() : word;
        });
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
