"""Stand-in for xedocs, whose database is not public: straxen asks it whether a schema exists, and warns if not."""


class _AnyName(list):
    def __contains__(self, name):
        return True


def list_schemas():
    return _AnyName()


def find_schema(name):
    return type(name, (), {})
