// Package socket reads and writes the sockets of connections with less around it than
// package net.
//
// Sockets of Go never block, so reading and writing one is a short call that takes
// the kernel some microseconds. Package net announces each call to the runtime, which
// could give the processor to other goroutines if the call took long. Announcing costs
// little by itself, but in a process that was idle it wakes the runtime's monitor, a
// thread of its own: on a server that passes single messages on, that costs as much as
// reading and writing. On Linux the calls are therefore made without announcing them.
//
// It also waits for what arrives without a buffer in hand, which is most of what an
// idle connection would need memory for.
package socket
