namespace Outsource.Model.ClassAds;

/// <summary>Where names are looked for: an ad, and the ad around it.</summary>
/// <param name="attributes">The ad.</param>
/// <param name="parent">The ad in whose text it stands, or null.</param>
internal sealed class ClassAdScope(ClassAdAttributes attributes, ClassAdScope? parent)
{
    /// <summary>Its attributes.</summary>
    public ClassAdAttributes Attributes => attributes;

    /// <summary>The ad in whose text it stands, or null.</summary>
    public ClassAdScope? Parent => parent;

    /// <summary>The ad that it is matched with: its TARGET. It is set once and later, since each ad is the other's TARGET.</summary>
    public ClassAdScope? Target { get; set; }

    /// <summary>The outermost ad.</summary>
    public ClassAdScope Root => parent is null ? this : parent.Root;

    /// <summary>The expression of a name here or further out, and the ad that has it; null if there is none.</summary>
    public (ClassAdNode Expression, ClassAdScope Of)? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope.Attributes[name] is { } expression)
            {
                return (expression, scope);
            }
        }

        return null;
    }
}
