"""What the system's books say of processes: memory and processor time."""

import os
import pathlib


def children(process_id):
    """The ids of a process's children."""
    return [int(number) for tasks in pathlib.Path(f"/proc/{process_id}/task").glob("*/children")
            for number in tasks.read_text().split()]


def memory(process_id, *kinds):
    """A process's memory in MB (10^6 bytes): the sum of some lines of proc(5)'s smaps_rollup."""
    total = 0
    for line in pathlib.Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()[1:]:
        name, size = line.split()[:2]
        total += int(size) * 1024 if name.rstrip(":") in kinds else 0
    return total / 1e6


def proportional(process_ids):
    """What several processes take together in MB; pages that they share count once."""
    return sum(memory(number, "Pss") for number in process_ids)


def private(process_id):
    """What would be free in MB if a process ended."""
    return memory(process_id, "Private_Clean", "Private_Dirty")


def processor_seconds(process_ids):
    """The processor time that processes have taken, in user and kernel mode."""
    ticks = 0
    for number in process_ids:
        fields = pathlib.Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def machine():
    """The processor's model, cores, memory and load."""
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else "unknown processor"
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return f"{model}, {os.cpu_count()} cores, {gigabytes:.0f} GB; load before {os.getloadavg()[0]:.2f}"
