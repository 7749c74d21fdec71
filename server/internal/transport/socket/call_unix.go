//go:build unix && (!linux || race)

package socket

import (
	"errors"
	"syscall"
)

// These are calls as package net makes them: the race detector takes one side's write
// to happen before the other side's read only if it hears of both.

func read(fd uintptr, p []byte) (int, syscall.Errno) { return ended(syscall.Read(int(fd), p)) }

func write(fd uintptr, p []byte) (int, syscall.Errno) { return ended(syscall.Write(int(fd), p)) }

func ended(n int, err error) (int, syscall.Errno) {
	var failure syscall.Errno
	errors.As(err, &failure) // 0: it has not failed
	return n, failure
}
