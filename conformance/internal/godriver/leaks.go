package godriver

import (
	"runtime"
	"strings"
	"time"
)

// leaks counts the goroutines that still run the SDK's code, once they have had
// their time to end.
func leaks(patience time.Duration) (count int, detail string) {
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		count, detail = sdkGoroutines()
		if count == 0 || time.Now().After(deadline) {
			return count, detail
		}
	}
}

// sdkGoroutines are those that an SDK's function has started.
func sdkGoroutines() (count int, stacks string) {
	buffer := make([]byte, 1<<20)
	buffer = buffer[:runtime.Stack(buffer, true)]
	for stack := range strings.SplitSeq(string(buffer), "\n\n") {
		if _, creator, ok := strings.Cut(stack, "created by "); ok && strings.Contains(creator, "/sdk-go") {
			count++
			stacks += stack + "\n\n"
		}
	}
	return count, stacks
}
