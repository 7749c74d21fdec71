// Command quickstart is the program of the README.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

func main() {
	ctx := context.Background()
	client, err := fastpubsub.Connect(ctx, "ws://127.0.0.1:8080/ws", fastpubsub.WithToken(os.Getenv("FASTPUBSUB_TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	sub, err := client.Subscribe(ctx, "my-tenant", "greetings.*")
	if err != nil {
		log.Fatal(err)
	}
	client.PublishAsync(ctx, "my-tenant", "greetings.world", []byte("hello"))
	for msg, err := range sub.Messages(ctx) {
		fmt.Println(msg.Channel, string(msg.Payload), err)
	}
}
