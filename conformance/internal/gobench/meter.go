package gobench

import (
	"runtime"
	"syscall"
	"time"
)

// meter reads what the process has used.
type meter struct {
	at     time.Time
	cpu    time.Duration
	memory runtime.MemStats
}

func readMeter() (m meter, err error) {
	var usage syscall.Rusage
	err = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	runtime.ReadMemStats(&m.memory)
	m.cpu = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	m.at = time.Now()
	return m, err
}

// since is what was used between two readings for so many messages.
func (m *meter) since(begin *meter, messages int) rate {
	return rate{
		Event: resultEvent, Messages: messages,
		Seconds:        m.at.Sub(begin.at).Seconds(),
		CPUSeconds:     (m.cpu - begin.cpu).Seconds(),
		AllocatedBytes: m.memory.TotalAlloc - begin.memory.TotalAlloc,
		Allocations:    m.memory.Mallocs - begin.memory.Mallocs,
	}
}
