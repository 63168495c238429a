"""The child process a plan is searched in: solvers may hang or die here without harm."""

import os
from multiprocessing.connection import Connection

from scheduler.routing_task import Task


def work(line: Connection) -> None:
    """Search task after task until the line is closed.

    Sends `("better", routes)` at once for each better plan, `("done", pool)` at the end of each task.
    """
    # A worker has one core; threads of its own would only take it from the other worker.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from scheduler.portfolio import searched  # noqa: PLC0415  numpy reads the line above when it is imported

    while True:
        try:
            task: Task = line.recv()
        except EOFError:
            return
        pool = searched(task, lambda routes: line.send(("better", routes)))
        line.send(("done", list(pool.items())))
