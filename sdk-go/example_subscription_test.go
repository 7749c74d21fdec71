package fastpubsub_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"
	"time"

	fastpubsub "github.com/fastpubsub/fastpubsub/sdk-go"
)

// An application that reads too slowly loses the oldest messages of that
// subscription, is told how many, and goes on.
func ExampleSubscription_Messages() {
	var client *fastpubsub.Client // from Connect

	draw := func(msg fastpubsub.Message) { fmt.Printf("%s: %s\n", msg.Channel, msg.Payload) }
	ctx := context.Background()
	sub, err := client.Subscribe(ctx, "my-tenant", "prices.#", fastpubsub.WithBuffer(1000, 1<<20))
	if err != nil {
		log.Fatal(err)
	}
	for msg, err := range sub.Messages(ctx) {
		var lagged *fastpubsub.LaggedError
		switch {
		case errors.As(err, &lagged):
			log.Printf("too slow: %d prices were skipped", lagged.Missed)
		case err != nil:
			log.Fatal("the subscription has ended: ", err)
		default:
			draw(msg) // which takes its time
		}
	}
}

// Any number of subscriptions share one connection.
func ExampleClient_Subscribe() {
	var client *fastpubsub.Client // from Connect

	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	var readers sync.WaitGroup
	for _, pattern := range []string{"orders.*", "customers.>", "stock.low"} {
		sub, err := client.Subscribe(ctx, "my-tenant", pattern)
		if err != nil {
			log.Fatal(err)
		}
		readers.Go(func() {
			for msg, err := range sub.Messages(ctx) {
				if err != nil {
					log.Print(sub.Pattern(), ": ", err)
					continue
				}
				fmt.Println(sub.Pattern(), msg.Channel, len(msg.Payload))
			}
		})
	}
	readers.Wait()
}

// A loop that takes one message at a time, and ends in order.
func ExampleSubscription_Unsubscribe() {
	var sub *fastpubsub.Subscription // from Client.Subscribe

	ctx := context.Background()
	if msg, err := sub.Next(ctx); err == nil {
		fmt.Printf("%s\n", msg.Payload)
	}
	if err := sub.Unsubscribe(ctx); err != nil {
		log.Fatal(err)
	}
	for msg := range sub.Messages(ctx) { // what had come before the end
		fmt.Printf("%s\n", msg.Payload)
	}
}

// The states of the client, for a light in a user interface.
func ExampleWithStateHandler() {
	client, err := fastpubsub.Connect(context.Background(), "grpc://127.0.0.1:9090",
		fastpubsub.WithToken("AT_…"),
		fastpubsub.WithStateHandler(func(status fastpubsub.Status) {
			switch status.State {
			case fastpubsub.StateReconnecting:
				log.Print("messages are missed from now on: ", status.Cause)
			case fastpubsub.StateConnected:
				log.Print("connected")
			case fastpubsub.StateClosed:
				log.Print("closed: ", status.Cause)
			}
		}))
	if err != nil {
		log.Fatal(err)
	}
	<-client.Done()
}
