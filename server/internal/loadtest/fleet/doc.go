// Package fleet is the load generator: any number of connections that one thread
// serves, publishers that send numbered messages on time or in a burst, and
// listeners that check that each gets every message once and in order.
//
// It runs on one core beside the server's, and does the same for every system;
// only the framing (package wire) differs. Nothing is allocated per message.
package fleet
