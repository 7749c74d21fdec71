// Package fastpubsub is the Go client of FastPubSub: it publishes small messages
// to channels and receives those that match a pattern, over WebSocket or gRPC.
//
//	client, err := fastpubsub.Connect(ctx, "ws://127.0.0.1:8080/ws", fastpubsub.WithToken(token))
//	sub, err := client.Subscribe(ctx, "my-tenant", "orders.>")
//	err = client.Publish(ctx, "my-tenant", "orders.created", []byte("hello"))
//	for msg, err := range sub.Messages(ctx) { … }
//
// # Connection
//
// One [Client] serves any number of subscriptions and publishers over one
// connection; all its methods may be called concurrently. A connection that is
// lost comes back by itself: with exponential back-off and full jitter, and with
// everything subscribed again before the client counts as connected. When a
// server restarts in order, the client moves to another connection before it
// lets go of the old one: no message is lost, shown twice, or shown out of order.
// Nothing is stored on the server: what is published while a client has no
// connection, it does not get. [WithStateHandler] tells when that was.
//
// # Errors
//
// Every error is an [*Error] with a [Reason] of the catalogue, except that a
// subscription which could not keep up gets a [*LaggedError] between its
// messages and goes on:
//
//	if errors.Is(err, fastpubsub.ReasonPublishDenied) { … }
//
// # Secrets
//
// Access tokens and master tokens never show up in errors, logs, or when a value
// of this package is printed.
package fastpubsub
