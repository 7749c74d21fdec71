// Command publishing publishes one message after the other, many in flight, to one
// listener only, and without acknowledgement. Set FASTPUBSUB_TOKEN, and
// FASTPUBSUB_URL for another server than that of the same machine.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

const (
	tenant = "my-tenant"
	many   = 1000
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	url := cmp.Or(os.Getenv("FASTPUBSUB_URL"), "ws://127.0.0.1:8080/ws")
	client, err := fastpubsub.Connect(ctx, url,
		fastpubsub.WithToken(os.Getenv("FASTPUBSUB_TOKEN")),
		// Refusals of what is not acknowledged arrive here.
		fastpubsub.WithErrorHandler(func(err error) { log.Print(err) }))
	if err != nil {
		return err
	}
	// Acknowledged: the server has taken it.
	if err := client.Publish(ctx, tenant, "orders.eu", []byte("one")); err != nil {
		return err
	}
	fmt.Println("one acknowledged")
	if err := inFlight(ctx, client); err != nil {
		return err
	}
	// To exactly one of the listeners.
	if err := client.Publish(ctx, tenant, "jobs", []byte("do it"), fastpubsub.WithDelivery(fastpubsub.DeliverOneRandom)); err != nil {
		return err
	}
	fmt.Println("one to a random listener")
	if err := unacknowledged(ctx, client); err != nil {
		return err
	}
	return client.Close(ctx)
}

// inFlight does not wait for one outcome after the other: the messages keep their
// order, and share frames.
func inFlight(ctx context.Context, client *fastpubsub.Client) error {
	results := make([]*fastpubsub.PublishResult, many)
	for i := range results {
		results[i] = client.PublishAsync(ctx, tenant, "orders.eu", fmt.Append(nil, i))
	}
	for _, result := range results {
		if err := result.Wait(ctx); err != nil {
			return err
		}
	}
	fmt.Println(many, "acknowledged, all in flight at once")
	return nil
}

// unacknowledged hands messages to the connection. The answer to a ping says that
// the server has handled everything before it; closing the client waits for that,
// too.
func unacknowledged(ctx context.Context, client *fastpubsub.Client) error {
	for i := range many {
		if err := client.Publish(ctx, tenant, "ticks", fmt.Append(nil, i), fastpubsub.WithoutAck()); err != nil {
			return err
		}
	}
	rtt, err := client.Ping(ctx)
	if err != nil {
		return err
	}
	log.Print("round trip: ", rtt)
	fmt.Println(many, "without acknowledgement")
	return nil
}
