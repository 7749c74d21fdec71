// Command quickstart subscribes, publishes, and prints the first message: the
// program of the README. Set FASTPUBSUB_TOKEN, and FASTPUBSUB_URL for another
// server than that of the same machine.
package main

import (
	"cmp"
	"context"
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
	orders, err := client.Subscribe(ctx, "my-tenant", "orders.#")
	if err != nil {
		return err
	}
	if err := client.Publish(ctx, "my-tenant", "orders.eu", []byte("hello")); err != nil {
		return err
	}
	for message, err := range orders.Messages(ctx) {
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s\n", message.Channel, message.Payload)
		break // ends the subscription
	}
	return client.Close(ctx)
}
