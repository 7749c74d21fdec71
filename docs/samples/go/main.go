// A client built on the SDK: it subscribes, publishes, and prints the first
// message.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	client, err := fastpubsub.Connect(ctx, os.Getenv("FASTPUBSUB_URL"),
		fastpubsub.WithToken(os.Getenv("FASTPUBSUB_TOKEN")))
	check(err)
	subscription, err := client.Subscribe(ctx, "my-tenant", "orders.#")
	check(err)
	check(client.Publish(ctx, "my-tenant", "orders.eu.created", []byte("hello")))

	for message, err := range subscription.Messages(ctx) {
		check(err)
		fmt.Printf("%s: %s\n", message.Channel, message.Payload) // orders.eu.created: hello
		break
	}
	check(client.Close(ctx))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
