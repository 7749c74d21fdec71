// Command loadtest measures what a delivery costs the server.
//
// It starts the server's binary by itself, connects one publisher and many
// listeners over one wire, publishes numbered messages, and lets every listener
// check that it gets every message once and in order: anything else fails the
// run. It prints the server's CPU seconds per million deliveries (user and
// system, from the kernel's accounting of the process), deliveries per second,
// and the latency from publishing to reception.
//
// Its own side is built to cost little: frames are written and parsed by hand,
// nothing is allocated per message.
package main
