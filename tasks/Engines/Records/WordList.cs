namespace Outsource.Engines.Records;

/// <summary>Words that recur, each with a number.</summary>
internal sealed class WordList
{
    private readonly NameIndex _words;
    private int _last = -1;

    public WordList() => _words = new NameIndex();

    private WordList(NameIndex words) => _words = words;

    public int Count => _words.Count;

    public string this[int number] => _words[number];

    /// <summary>Number of a word. Most come many times in a row.</summary>
    public int Of(ReadOnlySpan<byte> word) =>
        _last >= 0 && _words.Bytes(_last).SequenceEqual(word) ? _last : _last = _words.Add(word);

    public int Of(string word) => Of(System.Text.Encoding.UTF8.GetBytes(word));

    public void Save(CacheWriter cache) => _words.Save(cache);

    public static WordList Load(CacheReader cache) => new(NameIndex.Load(cache));
}
