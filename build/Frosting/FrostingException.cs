namespace Cake.Frosting;

/// <summary>The host itself is set up wrongly: a folder that does not exist, a dependency that is not a task.</summary>
public sealed class FrostingException : Exception
{
    public FrostingException(string message)
        : base(message)
    {
    }

    public FrostingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
