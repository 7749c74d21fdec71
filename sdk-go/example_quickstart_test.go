package fastpubsub_test

import (
	"context"
	"fmt"
	"log"
	"os"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// Subscribe, publish, receive.
func Example() {
	ctx := context.Background()
	client, err := fastpubsub.Connect(ctx, "ws://127.0.0.1:8080/ws", fastpubsub.WithToken(os.Getenv("FASTPUBSUB_TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close(ctx)

	sub, err := client.Subscribe(ctx, "my-tenant", "greetings.*")
	if err != nil {
		log.Fatal(err)
	}
	if err := client.Publish(ctx, "my-tenant", "greetings.world", []byte("hello")); err != nil {
		log.Fatal(err)
	}
	for msg, err := range sub.Messages(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s: %s\n", msg.Channel, msg.Payload)
		break
	}
}
