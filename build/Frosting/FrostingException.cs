namespace Cake.Frosting;

/// <summary>The host itself is set up wrongly: a folder that is not there, a dependency that is no task.</summary>
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
