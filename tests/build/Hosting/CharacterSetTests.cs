using Outsource.Build.Hosting;

namespace Outsource.Tests.Build.Hosting;

internal sealed class CharacterSetTests
{
    [TestCase("", false)]
    [TestCase("LANG=en_US.UTF-8", false)]
    [TestCase("LANG=de_DE.utf8@euro", false)]
    [TestCase("LANG=en_US", false)]
    [TestCase("LC_ALL=C.UTF-8 LANG=C", false)]
    [TestCase("LC_ALL= LC_CTYPE=C.UTF-8 LANG=C", false)]
    [TestCase("LC_ALL=C", true)]
    [TestCase("LC_ALL=POSIX LANG=en_US.UTF-8", true)]
    [TestCase("LC_CTYPE=C LANG=en_US.UTF-8", true)]
    [TestCase("LANG=ja_JP.eucJP", true)]
    [TestCase("LANG=en_US.ISO-8859-1", true)]
    [TestCase("TERM=dumb LANG=en_US.UTF-8", true)]
    [TestCase("TERM=xterm-256color", false)]
    public void Should_be_ascii_if_there_is_no_more(string variables, bool ascii)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(v => v.Split('=')[0], v => v.Split('=')[1]);

        Assert.That(CharacterSet.IsAscii(name => set.GetValueOrDefault(name)), Is.EqualTo(ascii));
    }
}
