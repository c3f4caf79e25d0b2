"""The exceptions of rucio that matter here."""


class RucioException(Exception):
    pass


class DataIdentifierNotFound(RucioException):
    pass


class DataIdentifierAlreadyExists(RucioException):
    pass


class Duplicate(RucioException):
    pass


class DuplicateRule(RucioException):
    pass


class FileAlreadyExists(RucioException):
    pass


class NoFilesUploaded(RucioException):
    pass


class NotAllFilesUploaded(RucioException):
    pass


class ReplicaNotFound(RucioException):
    pass


class RSEOperationNotSupported(RucioException):
    pass


class ServerConnectionException(RucioException):
    pass
