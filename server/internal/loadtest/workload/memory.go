//go:build linux

package workload

import "golang.org/x/sys/unix"

// warmBytes is more than a whole burst holds in queues and in the kernel's buffers.
const warmBytes = 2 << 30

// warmMemory touches so many bytes of memory, or half of what is free, and gives
// them back. The host of a virtual machine may have taken away what was not used for
// some seconds, and then hands out each page at its first use, which costs ten times
// what it does otherwise. Without this a burst would be charged for that, if little
// memory was used before it.
func warmMemory(size int) error {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return err
	}
	size = min(size, int(uint64(info.Freeram)*uint64(info.Unit)/2))
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_POPULATE)
	if err != nil {
		return err
	}
	return unix.Munmap(memory)
}
