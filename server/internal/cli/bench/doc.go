// Package bench measures a server with the clients that a Dialer makes: throughput,
// latency, and whether every message arrived, once and in order.
//
// Each publisher numbers its messages on each channel. Each subscriber checks the
// numbers (rules DL-1 and DL-4), so a fast result with lost messages does not
// pass for a good one. A publisher ends its stream on a channel with a mark, so
// nobody waits longer than needed.
package bench
