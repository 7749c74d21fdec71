// Command manysubscriptions reads many subscriptions, which share one connection,
// through one Go channel. Set FASTPUBSUB_TOKEN, and FASTPUBSUB_URL for another
// server than that of the same machine.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"
	"sync"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// event is a message or an error of one of the subscriptions.
type event struct {
	message fastpubsub.Message
	err     error
}

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
	rooms, err := subscribe(ctx, client, 100)
	if err != nil {
		return err
	}
	events := merge(ctx, rooms)
	busy := []int{3, 14, 15}
	for _, room := range busy {
		if err := client.Publish(ctx, "my-tenant", fmt.Sprintf("rooms.%d.chat", room), []byte("hello")); err != nil {
			return err
		}
	}
	for range busy {
		next := <-events
		if next.err != nil {
			return next.err
		}
		fmt.Printf("%s: %s\n", next.message.Channel, next.message.Payload)
	}
	return client.Close(ctx) // ends every subscription, and with it its loop
}

// subscribe does not wait for one answer after the other.
func subscribe(ctx context.Context, client *fastpubsub.Client, count int) ([]*fastpubsub.Subscription, error) {
	rooms, failed := make([]*fastpubsub.Subscription, count), make(chan error, count)
	var asked sync.WaitGroup
	for i := range rooms {
		asked.Go(func() {
			room, err := client.Subscribe(ctx, "my-tenant", fmt.Sprintf("rooms.%d.#", i))
			if err != nil {
				failed <- err
			}
			rooms[i] = room
		})
	}
	asked.Wait()
	close(failed)
	return rooms, <-failed
}

// merge gives what comes on any subscription.
func merge(ctx context.Context, subscriptions []*fastpubsub.Subscription) <-chan event {
	events := make(chan event)
	for _, subscription := range subscriptions {
		go func() {
			for message, err := range subscription.Messages(ctx) {
				events <- event{message, err}
			}
		}()
	}
	return events
}
