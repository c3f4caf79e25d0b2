"""The exceptions of rucio that matter here."""


class RucioException(Exception):
    pass


class DataIdentifierNotFound(RucioException):
    pass


class ServerConnectionException(RucioException):
    pass
