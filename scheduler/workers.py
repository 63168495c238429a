"""The child processes of a search, from outside: given work, listened to, and ended when the time is over."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from time import monotonic
from typing import cast

from scheduler.ground import Routes
from scheduler.improving import Pool
from scheduler.routing_child import work
from scheduler.routing_task import Task
from verifier.errors import Conflict
from verifier.i18n import mark

_POLL = 0.1


class PlanningCancelled(Conflict):
    message = mark("The planning was cancelled.")


@dataclass
class Watch:
    """Whoever waits for a plan: told of each better one (stops visited, stops wanted), and may cancel."""

    better: Callable[[int, int], None] = lambda _visited, _wanted: None
    is_cancelled: Callable[[], bool] = lambda: False


@dataclass
class Answer:
    """What a worker sent for one task; without `is_done` it was stopped before the end."""

    best: Routes | None = None
    pool: Pool = field(default_factory=dict)
    is_done: bool = False


class Worker:
    """One child, which searches one task at a time."""

    def __init__(self) -> None:
        context = get_context("spawn")
        self.line, other = context.Pipe()
        self.process: SpawnProcess = context.Process(target=work, args=(other,), daemon=True)
        self.process.start()
        other.close()

    def give(self, task: Task) -> None:
        try:
            self.line.send(task)
        except OSError:
            return  # It died; whoever listens will hear that.

    def hear(self, answer: Answer) -> bool:
        """Take one message in; whether the task is over."""
        try:
            kind, content = self.line.recv()
        except (EOFError, OSError):
            return True
        if kind == "better":
            answer.best = content
            return False
        answer.pool, answer.is_done = dict(content), True
        return True

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.line.close()


@dataclass
class Crew:
    """So many workers; one that hangs or dies is replaced with the next task."""

    size: int
    watch: Watch
    idle: list[Worker] = field(default_factory=list)
    busy: dict[int, Worker] = field(default_factory=dict)

    def work_through(
        self,
        count: int,
        task: Callable[[int], Task],
        deadline: float,
        heard: Callable[[int, Routes], None],
    ) -> list[Answer]:
        """The answers to `count` tasks, in their order; what is not over at the `deadline` is stopped.

        `heard` is told of each better plan. Raises PlanningCancelled.
        """
        answers = [Answer() for _ in range(count)]
        waiting = list(range(count))
        while (waiting or self.busy) and (left := deadline - monotonic()) > 0:
            while waiting and len(self.busy) < self.size:
                number = waiting.pop(0)
                self.busy[number] = self.idle.pop() if self.idle else Worker()
                self.busy[number].give(task(number))
            if self.watch.is_cancelled():
                raise PlanningCancelled
            self._listen(answers, min(_POLL, left), heard)
        for worker in self.busy.values():
            worker.stop()
        self.busy.clear()
        return answers

    def _listen(
        self, answers: Sequence[Answer], seconds: float, heard: Callable[[int, Routes], None]
    ) -> None:
        lines = {worker.line: number for number, worker in self.busy.items()}
        for line in wait(list(lines), timeout=seconds):
            number = lines[cast(Connection, line)]
            answer, worker = answers[number], self.busy[number]
            if worker.hear(answer):
                del self.busy[number]
                if answer.is_done:
                    self.idle.append(worker)
                else:
                    worker.stop()
            elif answer.best is not None:
                heard(number, answer.best)

    def go_home(self) -> None:
        for worker in (*self.idle, *self.busy.values()):
            worker.stop()


@contextmanager
def crew_of(size: int, watch: Watch) -> Iterator[Crew]:
    """Workers for a while; none is left afterwards."""
    crew = Crew(size, watch)
    try:
        yield crew
    finally:
        crew.go_home()
