using System.Collections.Immutable;

namespace Outsource.Model.ClassAds;

/// <summary>Operators of ClassAd expressions.</summary>
internal enum ClassAdOperator
{
    Or,
    And,
    BitOr,
    BitXor,
    BitAnd,
    Is,
    IsNot,
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
    ShiftRightUnsigned,
    ShiftRight,
    ShiftLeft,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
    Not,
    BitNot,
    OrElse,
}

/// <summary>A ClassAd expression, parsed.</summary>
internal abstract class ClassAdNode
{
    /// <summary>A value as written.</summary>
    public sealed class Literal(ClassAdValue value) : ClassAdNode
    {
        /// <summary>The value.</summary>
        public ClassAdValue Value => value;
    }

    /// <summary>An attribute: <c>name</c> or <c>of.name</c>.</summary>
    public sealed class Attribute(ClassAdNode? of, string name) : ClassAdNode
    {
        /// <summary>What has it, if that is written.</summary>
        public ClassAdNode? Of => of;

        /// <summary>Its name, as written.</summary>
        public string Name => name;
    }

    /// <summary>An attribute of the outermost ad: <c>.name</c>.</summary>
    public sealed class OfRoot(string name) : ClassAdNode
    {
        /// <summary>Its name, as written.</summary>
        public string Name => name;
    }

    /// <summary>An operator before its operand.</summary>
    public sealed class Prefix(ClassAdOperator by, ClassAdNode operand) : ClassAdNode
    {
        /// <summary>Plus, Minus, Not or BitNot.</summary>
        public ClassAdOperator By => by;

        /// <summary>The operand.</summary>
        public ClassAdNode Operand => operand;
    }

    /// <summary>An operator between two operands.</summary>
    public sealed class Infix(ClassAdOperator by, ClassAdNode left, ClassAdNode right) : ClassAdNode
    {
        /// <summary>Which.</summary>
        public ClassAdOperator By => by;

        /// <summary>What stands before it.</summary>
        public ClassAdNode Left => left;

        /// <summary>What stands behind it.</summary>
        public ClassAdNode Right => right;
    }

    /// <summary><c>condition ? whenTrue : whenFalse</c>.</summary>
    public sealed class Choice(ClassAdNode condition, ClassAdNode whenTrue, ClassAdNode whenFalse) : ClassAdNode
    {
        /// <summary>Decides.</summary>
        public ClassAdNode Condition => condition;

        /// <summary>Its value if the condition is true.</summary>
        public ClassAdNode WhenTrue => whenTrue;

        /// <summary>Its value if the condition is false.</summary>
        public ClassAdNode WhenFalse => whenFalse;
    }

    /// <summary><c>of[index]</c>.</summary>
    public sealed class Element(ClassAdNode of, ClassAdNode index) : ClassAdNode
    {
        /// <summary>A list or an ad.</summary>
        public ClassAdNode Of => of;

        /// <summary>A place, from 0, or a name.</summary>
        public ClassAdNode Index => index;
    }

    /// <summary>A call of a function.</summary>
    public sealed class Call(string name, ImmutableArray<ClassAdNode> arguments) : ClassAdNode
    {
        /// <summary>The function, as written.</summary>
        public string Name => name;

        /// <summary>Its arguments.</summary>
        public ImmutableArray<ClassAdNode> Arguments => arguments;
    }

    /// <summary>A list: <c>{1, "b"}</c>.</summary>
    public sealed class Series(ImmutableArray<ClassAdNode> items) : ClassAdNode
    {
        /// <summary>Its elements.</summary>
        public ImmutableArray<ClassAdNode> Items => items;
    }

    /// <summary>An ad: <c>[a = 1; b = a + 1]</c>.</summary>
    public sealed class Nested(ClassAdAttributes attributes) : ClassAdNode
    {
        /// <summary>Its attributes.</summary>
        public ClassAdAttributes Attributes => attributes;
    }
}
