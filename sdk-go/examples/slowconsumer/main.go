// Command slowconsumer reads too slowly: the oldest messages go, and the loop says
// how many. Set FASTPUBSUB_TOKEN, and FASTPUBSUB_URL for another server than that
// of the same machine.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	url := cmp.Or(os.Getenv("FASTPUBSUB_URL"), "ws://127.0.0.1:8080/ws")
	client, err := fastpubsub.Connect(ctx, url, fastpubsub.WithToken(os.Getenv("FASTPUBSUB_TOKEN")))
	if err != nil {
		return err
	}
	// At most ten messages and 64 KiB wait to be read.
	ticks, err := client.Subscribe(ctx, "my-tenant", "ticks", fastpubsub.WithBuffer(10, 64<<10))
	if err != nil {
		return err
	}
	for i := range 100 {
		if err := client.Publish(ctx, "my-tenant", "ticks", fmt.Append(nil, i)); err != nil {
			return err
		}
	}
	// Nothing more will come; what has come can still be read.
	if err := ticks.Unsubscribe(ctx); err != nil {
		return err
	}
	for tick, err := range ticks.Messages(ctx) {
		var lagged *fastpubsub.LaggedError
		switch {
		case errors.As(err, &lagged):
			fmt.Println("missed:", lagged.Missed)
		case err != nil:
			return err
		default:
			fmt.Printf("%s\n", tick.Payload)
		}
	}
	return client.Close(ctx)
}
