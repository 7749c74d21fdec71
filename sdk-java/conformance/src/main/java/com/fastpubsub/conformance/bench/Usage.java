package com.fastpubsub.conformance.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the process has used so far. The bytes are those of the threads that run. */
record Usage(long wallNanos, long cpuNanos, long allocatedBytes) {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS =
            (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Usage now() {
        long bytes = 0;
        for (long count : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            bytes += Math.max(0, count); // -1: the thread has ended meanwhile
        }
        return new Usage(System.nanoTime(), PROCESS.getProcessCpuTime(), bytes);
    }

    /** Prints what has been used since then. */
    void print(int messages) {
        Usage end = now();
        Output.result(
                ",\"messages\":%d,\"seconds\":%.6f,\"cpu_seconds\":%.6f,"
                        + "\"allocated_bytes\":%d,\"allocations\":null",
                messages,
                (end.wallNanos - wallNanos) / 1e9,
                (end.cpuNanos - cpuNanos) / 1e9,
                Math.max(0, end.allocatedBytes - allocatedBytes));
    }
}
