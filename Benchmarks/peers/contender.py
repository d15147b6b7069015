"""Programs that take turns: each in a process that sleeps until it is told to run."""

import os
import select
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field


class ContenderError(Exception):
    pass


@dataclass
class Contender:
    """A process that speaks worker.py's protocol.

    `cores` are those it may use. `facts` is what it says of itself after `ready`.
    """

    command: list
    cores: set
    environment: dict = field(default_factory=lambda: dict(os.environ))
    #: how long loading a model may take
    patience: float = 300

    def __post_init__(self):
        self.messages = tempfile.TemporaryFile("w+")
        # The process inherits the cores. Setting them in the child instead would copy this process first.
        own = os.sched_getaffinity(0)
        os.sched_setaffinity(0, self.cores)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            list(map(str, self.command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages, text=True,
            env=self.environment,
        )
        os.sched_setaffinity(0, own)

    def wait_until_ready(self):
        """Returns the seconds from the start of the process to its first output."""
        word, *facts = self.answer().split() or [""]
        seconds = time.perf_counter() - self.started
        if word != "ready":
            raise ContenderError(self.last_message())
        self.facts = [float(fact) for fact in facts]
        return seconds

    def run(self, count):
        """The milliseconds of each of so many inferences."""
        try:
            self.process.stdin.write(f"{count}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise ContenderError(self.last_message()) from None
        times = self.answer().split()
        if len(times) != count:
            raise ContenderError(self.last_message())
        return [int(time) / 1e6 for time in times]

    def answer(self):
        if not select.select([self.process.stdout], [], [], self.patience)[0]:
            raise ContenderError(f"no answer in {self.patience:.0f} s")
        return self.process.stdout.readline()

    def peak_memory(self):
        """The most memory that the process had at once, in KiB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))

    def last_message(self):
        self.messages.seek(0)
        lines = self.messages.read().split("\n")
        said = next((line.strip() for line in reversed(lines) if line.strip()), "")
        code = self.process.poll()
        if code and code < 0:
            return f"killed by {signal.Signals(-code).name}" + (f": {said}" if said else "")
        return said or "it ended without a word"

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.messages.close()
