// Package sdkbench measures the SDKs side by side: it starts each SDK's measuring
// program, which is written in the SDK's language and uses nothing but its public
// API, against one server, and makes one table of what they say.
//
// A measuring program is called with
//
//	--measure receive|publish|latency|subscriptions|start --url … --tenant … --channel …
//	--messages N --warm-up W --payload-bytes B --rate R --in-flight F --subscriptions S
//
// and the access token in the environment variable FASTPUBSUB_TOKEN. It writes JSON
// lines to its standard output and nothing else there: {"event":"ready"} when it has
// subscribed (receive and latency), and {"event":"result",…} at the end. It exits
// with 0; with 1 and a text on its standard error when something went wrong, which
// includes a message that is missing, twice or out of order; with 2 when it was
// called wrongly.
package sdkbench
