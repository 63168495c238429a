"""The child process a plan is searched in: solvers may hang or die here without harm."""

import os
from multiprocessing.connection import Connection

from scheduler.routing_task import Task


def work(told: Connection, task: Task) -> None:
    """Search; send `("better", routes)` at once for each better plan, `("done", pool)` at the end."""
    # A worker has one core; threads of its own would only take it from the other worker.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from scheduler.ground import lay_out  # noqa: PLC0415  numpy reads the line above when it is imported
    from scheduler.portfolio import Search  # noqa: PLC0415  ditto

    ground = lay_out(task.stops, task.shifts, task.minutes)
    search = Search(ground, task, lambda routes: told.send(("better", routes)))
    told.send(("done", list(search.run().items())))
    told.close()
