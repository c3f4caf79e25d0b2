did_client = None


def _init_clients():
    global did_client
    did_client = object()
